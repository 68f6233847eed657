/** Tests of the management port over real sockets. */
@NullMarked
package dev.heddle.role;

import org.jspecify.annotations.NullMarked;
