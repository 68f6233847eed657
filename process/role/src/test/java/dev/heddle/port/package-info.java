/** Tests of the bounds of a public port. */
@NullMarked
package dev.heddle.port;

import org.jspecify.annotations.NullMarked;
