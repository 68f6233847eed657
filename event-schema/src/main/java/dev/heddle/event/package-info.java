/**
 * The contract that every part of Heddle shares: what an event is, how it is stored, how it looks on the wire, and what
 * a cursor, a command and a user key are.
 *
 * <p>Everyone calls in; nothing here owns a thread. All values are immutable and may be shared between threads, except
 * {@link dev.heddle.event.RunGrammar}, which belongs to the one thread that feeds it. JSON trees and byte arrays that a
 * value hands out are its own and are not to be modified.
 *
 * <p>Invariants: what {@link dev.heddle.event.EventCodec#encode} accepts, {@link dev.heddle.event.EventItem#of} writes
 * as JSON equal to what went in, byte for byte the same in every process. Nothing that a client or a foreign producer
 * sends causes another exception than {@link dev.heddle.event.InvalidEventException} or
 * {@link dev.heddle.event.MalformedCursorException}, nor memory out of proportion to its length.
 */
@NullMarked
package dev.heddle.event;

import org.jspecify.annotations.NullMarked;
