/** Tests of the command line and of the stack as one process runs it. */
@NullMarked
package dev.heddle.local;

import org.jspecify.annotations.NullMarked;
