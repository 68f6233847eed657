/** Tests of the benchmark: what it makes, what it judges, and that it says so when an edge is broken. */
@NullMarked
package dev.heddle.bench;

import org.jspecify.annotations.NullMarked;
