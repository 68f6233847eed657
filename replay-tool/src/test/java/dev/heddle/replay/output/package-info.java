/** Tests of what is printed and when. */
@NullMarked
package dev.heddle.replay.output;

import org.jspecify.annotations.NullMarked;
