package dev.heddle.edge.hub;

import java.util.function.LongSupplier;

/**
 * What the hub's parts are given from outside.
 *
 * @param nanoTime a monotonic clock in ns
 * @param credit for what is on its way to clients; one for all the hubs of an edge
 */
public record HubEnvironment(HubConfig config, HubObserver observer, LongSupplier nanoTime, Credit credit) {
    /** The same with a credit of its own. */
    public HubEnvironment(HubConfig config, HubObserver observer, LongSupplier nanoTime) {
        this(config, observer, nanoTime, new Credit(config));
    }
}
