/**
 * The configuration, composition, start and stop of an edge node.
 *
 * <p>{@link dev.heddle.edge.Edge} is the one composition root: the only place that knows all the packages below. Called
 * by the command line, and by processes that embed an edge; only start and close block their caller.
 */
@NullMarked
package dev.heddle.edge;

import org.jspecify.annotations.NullMarked;
