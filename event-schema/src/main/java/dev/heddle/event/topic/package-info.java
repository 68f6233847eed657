/**
 * The topics of Heddle: their names and their layout in a cluster.
 *
 * <p>Values only: any thread may call.
 */
@NullMarked
package dev.heddle.event.topic;

import org.jspecify.annotations.NullMarked;
