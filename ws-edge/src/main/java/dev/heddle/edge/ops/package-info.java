/**
 * The metrics of an edge.
 *
 * <p>Counters are made once at start and touched from any thread. Tag values come from enums only, so no client can
 * grow the number of series.
 */
@NullMarked
package dev.heddle.edge.ops;

import org.jspecify.annotations.NullMarked;
