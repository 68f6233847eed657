/** Tests of HTTP ingest over real sockets and a real Kafka. */
@NullMarked
package dev.heddle.ingest;

import org.jspecify.annotations.NullMarked;
