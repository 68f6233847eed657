/**
 * Every decoder of the edge that reads what a client sent, fed with nonsense: by seeded loops in each build, and by
 * Jazzer, guided by coverage, in the profile {@code fuzz}.
 */
@NullMarked
package dev.heddle.edge.fuzz;

import org.jspecify.annotations.NullMarked;
