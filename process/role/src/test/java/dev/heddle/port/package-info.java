/** Tests of the guard and of the management port, each over real sockets. */
@NullMarked
package dev.heddle.port;

import org.jspecify.annotations.NullMarked;
