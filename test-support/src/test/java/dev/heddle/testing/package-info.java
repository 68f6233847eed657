/** Tests of what tests rely on. */
@NullMarked
package dev.heddle.testing;

import org.jspecify.annotations.NullMarked;
