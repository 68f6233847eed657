/**
 * The topics of Heddle: their names, and how a cluster must lay them out.
 *
 * <p>Values only: any thread may call.
 */
@NullMarked
package dev.heddle.event.topic;

import org.jspecify.annotations.NullMarked;
