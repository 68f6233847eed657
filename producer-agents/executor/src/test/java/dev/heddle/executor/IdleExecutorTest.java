package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** What an executor that has nothing to do leaves on the heap: nothing that grows. */
class IdleExecutorTest {

    private static final int SECONDS = Boolean.getBoolean("heddle.full") ? 60 : 6;
    /** In all: less than one object for each of the loop's turns. */
    private static final long MOST = SECONDS * 4L;

    @Test
    void noObjectsOfHeddlesOrOfFuturesGather() throws Exception {
        try (TakeoverRig rig = TakeoverRig.start();
                Executor executor = rig.executor()) {
            List<RunStart> echoes = new ArrayList<>();
            for (int i = 0; i < 4 * TakeoverRig.PARTITIONS; i++) {
                echoes.add(rig.commands().start(UserKey.of("user-" + i), "echo", "{}"));
            }
            echoes.forEach(
                    echo -> rig.log().ended(echo.header().user(), echo.header().runId()));
            assertTrue(executor.isReady());
            idle();
            Map<String, Long> before = live();
            idle();
            Map<String, Long> grown = new HashMap<>();
            live().forEach((type, count) -> {
                long more = count - before.getOrDefault(type, 0L);
                if (more > MOST) {
                    grown.put(type, more);
                }
            });
            assertTrue(grown.isEmpty(), () -> "in " + SECONDS + " s: " + grown);
        }
    }

    private static void idle() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    /** Live objects by class, after a collection, of what an executor could gather. */
    private static Map<String, Long> live() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        String histogram = (String) server.invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {new String[0]},
                new String[] {String[].class.getName()});
        Map<String, Long> counts = new HashMap<>();
        for (String line : histogram.lines().toList()) {
            String[] columns = line.strip().split("\\s+", -1);
            if (columns.length >= 4
                    && (columns[3].startsWith("dev.heddle")
                            || columns[3].startsWith("java.util.concurrent.CompletableFuture")
                            || columns[3].startsWith("java.util.concurrent.ScheduledThreadPoolExecutor"))) {
                counts.merge(columns[3], Long.parseLong(columns[1]), Long::sum);
            }
        }
        return counts;
    }
}
