/** Threads as every module makes them. Any thread may call; the package owns none. */
@NullMarked
package dev.heddle.concurrent;

import org.jspecify.annotations.NullMarked;
