/** Tests of the executor's parts that need no Kafka. */
@NullMarked
package dev.heddle.executor;

import org.jspecify.annotations.NullMarked;
