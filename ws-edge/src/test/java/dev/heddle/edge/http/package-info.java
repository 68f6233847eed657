/** Tests of the frontends' routes over real sockets and a real Kafka, and of their translations. */
@NullMarked
package dev.heddle.edge.http;

import org.jspecify.annotations.NullMarked;
