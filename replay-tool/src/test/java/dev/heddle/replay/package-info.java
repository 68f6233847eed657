/** Tests of the commands that read the log, against a real one. */
@NullMarked
package dev.heddle.replay;

import org.jspecify.annotations.NullMarked;
