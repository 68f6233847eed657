package dev.heddle.systemtest.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * An edge, an executor and an ingest, each in a process of its own, first idle and then busy: none of them holds more
 * and more. Bounded caches are set so small that they are full early, so that all that still grows is a leak. A minute
 * every day; half an hour idle and half an hour busy in the profile {@code full}.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "threads and descriptors are counted in /proc")
final class LeakWatchTest {
    private static final int PARTITIONS = 16;
    private static final int SAMPLES = Scale.of(6, 31);
    private static final Duration WARM_UP = Duration.ofSeconds(Scale.of(4, 300));
    private static final Duration BETWEEN_IDLE = Duration.ofMillis(Scale.of(1_000, 50_000));
    private static final Duration BETWEEN_BUSY = Duration.ofMillis(Scale.of(3_000, 50_000));
    private static final Duration BETWEEN_TAKEOVERS = Duration.ofSeconds(Scale.of(5, 60));
    private static final int KAFKA_RESTARTS = 2;
    private static final double ALLOWED = 1.05;

    @Test
    void noRoleHoldsMoreAndMoreIdleOrBusy(@TempDir Path directory) {
        TokenSigner tokens = TokenSigner.in(directory);
        try (Cluster cluster = Cluster.start(PARTITIONS);
                RoleProcess edge = launch("edge", edgeSettings(cluster, tokens), directory);
                RoleProcess executor = launch("executor", executorSettings(cluster), directory);
                RoleProcess ingest = launch("ingest", ingestSettings(cluster, tokens), directory)) {
            Map<String, RoleProcess> roles = new LinkedHashMap<>();
            roles.put("edge", edge);
            roles.put("executor", executor);
            roles.put("ingest", ingest);
            roles.values().forEach(RoleProcess::awaitReady);

            // What is made for the first command or batch of a partition is there from now on.
            try (RoleLoad load = RoleLoad.start(edge, ingest, tokens)) {
                await("every partition is in use")
                        .atMost(Duration.ofMinutes(2))
                        .until(() -> load.visits() > PARTITIONS && load.batches() > PARTITIONS * 6);
            }

            Watch idle = new Watch("idle", roles);
            pass(WARM_UP);
            for (int i = 0; i < SAMPLES; i++) {
                idle.sample();
                pass(BETWEEN_IDLE);
            }

            Watch busy = new Watch("busy", roles);
            try (RoleLoad load = RoleLoad.start(edge, ingest, tokens);
                    Takeovers takeovers = new Takeovers(cluster, directory)) {
                pass(WARM_UP);
                long visitsAtHalf = 0;
                for (int i = 0; i < SAMPLES; i++) {
                    visitsAtHalf = i == SAMPLES / 2 ? load.visits() : visitsAtHalf;
                    if (i % (SAMPLES / KAFKA_RESTARTS) == 0) {
                        restartKafka(cluster);
                    }
                    busy.sample();
                    pass(BETWEEN_BUSY);
                }
                Scale.measured(
                        "leak watch: %d visits, %d strangers, %d batches, %d takeovers, %d failed attempts",
                        load.visits(), load.strangers(), load.batches(), takeovers.count(), load.failures());
                long later = load.visits() - visitsAtHalf;
                assertTrue(later > 20, () -> "visits of the second half: " + later + " of " + load.visits());
                assertTrue(load.batches() > 20, () -> "batches: " + load.batches());
                assertTrue(takeovers.count() > 0, "no takeover");
                assertEquals(0, load.wrong(), "batches that were answered as they must not be");
            }
            assertEquals(List.of(), Stream.concat(idle.leaks(), busy.leaks()).toList());
        }
    }

    private static RoleProcess launch(String role, List<String> settings, Path directory) {
        return RoleProcess.launch(
                new RoleProcess.Program(role, List.of(ResourceSample.JVM_OPTION), settings),
                directory.resolve(role + ".log"));
    }

    private static List<String> edgeSettings(Cluster cluster, TokenSigner tokens) {
        List<String> settings = new ArrayList<>(cluster.settings(tokens));
        settings.addAll(List.of("start.rehearsal=0s", "hub.windowBytes=8KiB", "hub.linger=1s"));
        return settings;
    }

    private static List<String> ingestSettings(Cluster cluster, TokenSigner tokens) {
        List<String> settings = new ArrayList<>(cluster.settings(tokens));
        settings.addAll(List.of("runs.remember=1s", "runs.known=1"));
        return settings;
    }

    private static List<String> executorSettings(Cluster cluster) {
        return List.of(
                "kafka.bootstrapServers=" + cluster.bootstrapServers(),
                "publisher.partitions=" + PARTITIONS,
                "management.host=127.0.0.1",
                "commands.maxAge=6s",
                "commands.dedup=6s",
                "takeover.commitEvery=1s",
                "status.every=1s",
                "threads.remembered=" + PARTITIONS);
    }

    private static void restartKafka(Cluster cluster) {
        cluster.kafka().stopBroker(0);
        cluster.kafka().startBroker(0);
    }

    /** The samples of all roles in one phase. */
    private static final class Watch {
        private final String phase;
        private final Map<String, RoleProcess> roles;
        private final Map<String, List<ResourceSample>> series = new LinkedHashMap<>();

        Watch(String phase, Map<String, RoleProcess> roles) {
            this.phase = phase;
            this.roles = roles;
        }

        void sample() {
            roles.forEach((role, process) ->
                    series.computeIfAbsent(role, unseen -> new ArrayList<>()).add(ResourceSample.of(process.pid())));
        }

        Stream<String> leaks() {
            return series.entrySet().stream().flatMap(each -> leaksOf(each.getKey(), each.getValue()));
        }

        private Stream<String> leaksOf(String role, List<ResourceSample> held) {
            ResourceSample first = held.get(0);
            ResourceSample last = held.get(held.size() - 1);
            Scale.measured(
                    "leak watch: %s %s: live heap %d to %d KiB, outside the heap %d to %d KiB, threads %d to %d,"
                            + " descriptors %d to %d",
                    phase,
                    role,
                    first.liveBytes() / 1024,
                    last.liveBytes() / 1024,
                    first.nativeBytes() / 1024,
                    last.nativeBytes() / 1024,
                    first.threads(),
                    last.threads(),
                    first.descriptors(),
                    last.descriptors());
            Stream<String> slopes = LeakVerdict.of(held).stream();
            Stream<String> growths = Scale.isFull() ? LeakVerdict.growths(held, ALLOWED).stream() : Stream.of();
            return Stream.concat(slopes, growths).map(leak -> phase + " " + role + ": " + leak);
        }
    }

    /** A second executor that comes and goes, so that partitions are taken over again and again. */
    private static final class Takeovers implements AutoCloseable {
        /** What an executor says that Kafka does not answer at its start. */
        private static final String KAFKA_AWAY = "Kafka cannot be asked";

        private final Thread thread;
        private volatile boolean stopped;
        private volatile @Nullable Throwable failure;
        private final AtomicInteger count = new AtomicInteger();

        Takeovers(Cluster cluster, Path directory) {
            Path logs = directory.resolve("second-executor");
            thread = new Thread(() -> {
                try {
                    Files.createDirectory(logs);
                    while (!stopped) {
                        comeAndGo(() -> launch("executor", executorSettings(cluster), logs));
                    }
                } catch (IOException | RuntimeException | AssertionError e) {
                    failure = e;
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        private void comeAndGo(Supplier<RoleProcess> launch) {
            try (RoleProcess second = launch.get()) {
                try {
                    second.awaitReady();
                } catch (AssertionError e) {
                    if (!String.valueOf(e.getMessage()).contains(KAFKA_AWAY)) {
                        throw e;
                    }
                    return;
                }
                pass(BETWEEN_TAKEOVERS);
                assertEquals(0, second.terminate(), "exit code of an executor that is asked to stop");
                count.incrementAndGet();
            }
        }

        int count() {
            return count.get();
        }

        @Override
        public void close() {
            stopped = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (failure != null) {
                throw new AssertionError("a second executor did not come and go", failure);
            }
        }
    }

    private static void pass(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        await("time").atMost(time.plusMinutes(1)).until(() -> System.nanoTime() >= until);
    }
}
