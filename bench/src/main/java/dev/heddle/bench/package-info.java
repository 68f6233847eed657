/**
 * {@code heddle bench}: measures Heddle's delivery, latency and cost on this machine, beside the cost of the same work
 * without Heddle.
 *
 * <p>One suite a command. Each starts Kafka, edges and floors as processes of their own ({@code .process},
 * {@code .floor}), loads them ({@code .load}), and reports its results ({@code .report}); publisher and clients live in
 * this process. Everything here runs on the main thread. Invariants: loads are open loop; every received event is
 * checked, and a broken promise ends the command with exit code 1 in spite of good figures.
 */
@NullMarked
package dev.heddle.bench;

import org.jspecify.annotations.NullMarked;
