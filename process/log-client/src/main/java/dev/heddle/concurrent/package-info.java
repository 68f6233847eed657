/** The thread factories of every module. Any thread may call; the package owns no thread. */
@NullMarked
package dev.heddle.concurrent;

import org.jspecify.annotations.NullMarked;
