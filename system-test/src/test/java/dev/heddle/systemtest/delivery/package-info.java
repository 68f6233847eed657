/**
 * Delivery under what may befall it, at the size that the project promises: crowds of others' events, readers that
 * stop, edges that are killed, a Kafka that goes away or forgets. Real brokers, real edges, real sockets.
 *
 * <p>Surefire's thread runs the tests; a {@link dev.heddle.systemtest.delivery.ClientFleet} lives on event loops of its
 * own, a {@link dev.heddle.systemtest.delivery.LoadPublisher} on one thread. Every event says whose it is, its number
 * and when it was published, so every client can judge what it is given. Invariant: the promises are asserted at every
 * size, times and ratios only at full size ({@code -Pfull}); what was measured is printed in lines that begin with
 * {@code measured:}.
 */
@NullMarked
package dev.heddle.systemtest.delivery;

import org.jspecify.annotations.NullMarked;
