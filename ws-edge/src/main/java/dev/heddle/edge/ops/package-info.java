/**
 * What an operator sees of an edge: metrics, readiness, and the management port that serves both.
 *
 * <p>Counters are made once at start and touched from any thread; the management server runs on a Vert.x event loop of
 * its own instance. Tag values come from enums only, so no client can grow the number of series.
 */
@NullMarked
package dev.heddle.edge.ops;

import org.jspecify.annotations.NullMarked;
