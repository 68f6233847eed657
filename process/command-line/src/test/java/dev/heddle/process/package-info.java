/** Tests of how processes end. */
@NullMarked
package dev.heddle.process;

import org.jspecify.annotations.NullMarked;
