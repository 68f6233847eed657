/**
 * The timeline of a run: spans and marks in time, and the HTML file that shows them.
 *
 * <p>The {@code timeline} command calls in, from its one thread.
 *
 * <p>Invariants: the page is self-contained and sends no request. Text of users and agents reaches it as data only,
 * never as markup.
 */
@NullMarked
package dev.heddle.replay.timeline;

import org.jspecify.annotations.NullMarked;
