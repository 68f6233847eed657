/**
 * The contract that every part of Heddle shares: events, their stored form and their wire form, cursors, commands and
 * user keys.
 *
 * <p>Every module calls in; nothing here owns a thread. All values are immutable and may be shared between threads,
 * except {@link dev.heddle.event.RunGrammar}, which belongs to the one thread that feeds it. JSON trees and byte arrays
 * that a value hands out are its own and are not to be modified.
 *
 * <p>Invariants: {@link dev.heddle.event.EventItem#of} writes every event that
 * {@link dev.heddle.event.EventCodec#encode} accepts as equal JSON, byte for byte the same in every process. No bytes
 * of a client or a foreign producer cause another exception than {@link dev.heddle.event.InvalidEventException} or
 * {@link dev.heddle.event.MalformedCursorException}, nor memory out of proportion to its length.
 */
@NullMarked
package dev.heddle.event;

import org.jspecify.annotations.NullMarked;
