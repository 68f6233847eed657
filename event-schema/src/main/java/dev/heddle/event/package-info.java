/**
 * The contract that every part of Heddle shares: what an event is, how it is stored and how it looks on the wire.
 *
 * <p>Everyone calls in; nothing here owns a thread. All values are immutable.
 */
@NullMarked
package dev.heddle.event;

import org.jspecify.annotations.NullMarked;
