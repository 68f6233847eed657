/** Tests of the executor's parts that need no Kafka. */
@NullMarked
package dev.heddle.agents.runtime;

import org.jspecify.annotations.NullMarked;
