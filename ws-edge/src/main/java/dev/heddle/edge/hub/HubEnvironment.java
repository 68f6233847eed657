package dev.heddle.edge.hub;

import java.util.function.LongSupplier;

/**
 * What the hub's parts are given from outside.
 *
 * @param nanoTime a monotonic clock in ns
 */
public record HubEnvironment(HubConfig config, HubObserver observer, LongSupplier nanoTime) {}
