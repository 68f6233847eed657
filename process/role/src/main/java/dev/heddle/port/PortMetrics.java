package dev.heddle.port;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** The meters of a guarded port. Any thread. */
public final class PortMetrics {

    private final Map<DropReason, Counter> dropped = new EnumMap<>(DropReason.class);
    private final MeterRegistry registry;
    private final String role;

    /** @param role the beginning of the meters' names, as {@code heddle.edge} */
    public PortMetrics(MeterRegistry registry, String role) {
        this.registry = registry;
        this.role = role;
        for (DropReason reason : DropReason.values()) {
            dropped.put(
                    reason,
                    Counter.builder(role + ".sockets.dropped")
                            .description("Sockets that were cut before they were authenticated, by reason")
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    /** Registers the gauge of pending connections. */
    public void watch(Supplier<Number> pending) {
        Gauge.builder(role + ".sockets.waiting", pending)
                .description("Sockets that have not been authenticated, or were refused and have not gone yet")
                .register(registry);
    }

    /** Counts a connection that the guard ended. */
    public void dropped(DropReason reason) {
        Counter counter = dropped.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }
}
