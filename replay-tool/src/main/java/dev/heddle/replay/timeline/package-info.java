/**
 * A run as a picture: spans and marks in time, and the one HTML file that shows them.
 *
 * <p>The {@code timeline} command calls in, from its one thread.
 *
 * <p>Invariants: the page needs nothing beside itself and asks nobody. What users and agents wrote reaches it as data
 * only, never as markup.
 */
@NullMarked
package dev.heddle.replay.timeline;

import org.jspecify.annotations.NullMarked;
