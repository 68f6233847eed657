/** Tests of the index format. */
@NullMarked
package dev.heddle.event.index;

import org.jspecify.annotations.NullMarked;
