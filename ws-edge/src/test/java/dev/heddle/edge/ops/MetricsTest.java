package dev.heddle.edge.ops;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void aCounterThatAsksGoesOnAfterACollection() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Metrics metrics = new Metrics(registry, () -> 0);
        AtomicLong failures = new AtomicLong();
        metrics.watchKeys(failures::get);

        WeakReference<Object> garbage = new WeakReference<>(new Object());
        await("a collection").atMost(Duration.ofSeconds(20)).until(() -> {
            System.gc();
            return garbage.get() == null;
        });
        failures.set(3);

        assertEquals(
                3, registry.get("heddle.edge.keys.failures").functionCounter().count());
        // It lives as long as the edge, which holds it.
        metrics.received();
    }
}
