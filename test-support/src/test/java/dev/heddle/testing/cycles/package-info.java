/** Classes with a cycle, for the test of its finder. */
@NullMarked
package dev.heddle.testing.cycles;

import org.jspecify.annotations.NullMarked;
