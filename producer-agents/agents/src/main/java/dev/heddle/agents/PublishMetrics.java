package dev.heddle.agents;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The meters of a publisher; the publishers of one registry share them. Safe on any thread. */
final class PublishMetrics {

    private final Timer acknowledged;
    private final Counter failed;
    private final Counter fenced;

    PublishMetrics(MeterRegistry meters) {
        acknowledged = Timer.builder("heddle.publish")
                .description("From a publish to its acknowledgement by Kafka")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(60))
                .register(meters);
        failed = Counter.builder("heddle.publish.failed")
                .description("Publishes that Kafka did not acknowledge")
                .register(meters);
        fenced = Counter.builder("heddle.publish.fenced")
                .description("Publishes that Kafka refused because another has taken the partition over")
                .register(meters);
    }

    void acknowledged(long nanos) {
        acknowledged.record(nanos, TimeUnit.NANOSECONDS);
    }

    void failed(PublishFailedException.Reason reason) {
        failed.increment();
        if (reason == PublishFailedException.Reason.FENCED) {
            fenced.increment();
        }
    }
}
