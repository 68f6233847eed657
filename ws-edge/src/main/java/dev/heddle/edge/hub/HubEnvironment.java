package dev.heddle.edge.hub;

import java.util.function.LongSupplier;

/**
 * The hub's collaborators from outside.
 *
 * @param nanoTime monotonic clock in ns
 * @param credit bytes on their way to clients; one for all hubs of an edge
 */
public record HubEnvironment(HubConfig config, HubObserver observer, LongSupplier nanoTime, Credit credit) {
    /** An environment with a credit of its own. */
    public HubEnvironment(HubConfig config, HubObserver observer, LongSupplier nanoTime) {
        this(config, observer, nanoTime, new Credit(config));
    }
}
