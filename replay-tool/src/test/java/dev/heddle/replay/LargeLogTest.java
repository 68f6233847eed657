package dev.heddle.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.EventItem;
import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.OffsetRange;
import dev.heddle.replay.log.Range;
import dev.heddle.replay.log.UserEvents;
import dev.heddle.replay.log.UserEvents.Skipping;
import dev.heddle.replay.log.UserIndex;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.topic.EventRecords;
import dev.heddle.topic.PartitionPass;
import java.io.BufferedReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A large log in one partition, the worst case for who looks for one user. With the profile {@code full} it has 10
 * million events and times are measured; else it is small, and only what is read is counted.
 */
class LargeLogTest {
    private static final boolean IS_FULL = Boolean.getBoolean("heddle.full");
    private static final LargeLog CONTENT = IS_FULL ? LargeLog.FULL : LargeLog.SMALL;
    private static final UserKey USER = LargeLog.user(CONTENT.users() / 2);

    private static FreshCluster cluster;
    private static TestLog log;

    @BeforeAll
    static void fill() throws Exception {
        cluster = KafkaFixture.freshCluster();
        log = TestLog.create(cluster.bootstrapServers(), "large", 1);
        long began = System.nanoTime();
        CONTENT.putInto(log);
        measured("%,d events put in %.1f s", CONTENT.events(), seconds(began));
    }

    @AfterAll
    static void stop() {
        log.close();
        cluster.close();
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static void measured(String format, Object... values) {
        System.out.println("measured: " + String.format(Locale.ROOT, format, values));
    }

    private static LogConsumer open() {
        return LogConsumer.open(KafkaClientSettings.at(cluster.bootstrapServers()), log.name());
    }

    @Test
    void aUsersEventsAreAllFoundAndLittleElseIsRead() {
        try (LogConsumer reader = open()) {
            OffsetRange all = reader.extent(0);
            UserIndex index = reader.indexOf(USER, 0);
            long[] read = {0, 0};
            reader.scan(all, index, record -> {
                read[0]++;
                read[1] += USER.equals(EventRecords.user(record)) ? 1 : 0;
                return true;
            });
            assertEquals(CONTENT.eventsEach(), read[1]);
            long most = 5L
                    * CONTENT.runsEach()
                    * Block.OFFSETS; // a run lies in two or three blocks; fetches end behind them
            assertTrue(read[0] <= most, () -> "read " + read[0] + " of " + CONTENT.events());
            measured("%,d of %,d records read for %,d", read[0], CONTENT.events(), read[1]);
        }
    }

    @Test
    void theLastEventsAreFoundWithoutReadingTheLog() {
        try (LogConsumer reader = open()) {
            UserEvents events = UserEvents.between(reader, USER, Range.ALL, Skipping.BY_INDEX);
            List<String> last = events.last(
                    150,
                    record -> Optional.of(EventItem.of(USER, record.value()).eventId()));
            int runs = CONTENT.runsEach();
            assertEquals(150, last.size());
            assertEquals(USER.value() + "-run-" + (runs - 1) + "-99", last.get(149));
            assertEquals(USER.value() + "-run-" + (runs - 2) + "-50", last.get(0));
        }
    }

    @Test
    void withAndWithoutTheIndexTheSameIsPrintedAndAllIsWell() {
        ToolRun by = replay();
        ToolRun without = replay("--no-index");
        assertEquals(CONTENT.eventsEach(), by.lines().size());
        assertEquals(without.out(), by.out());
        ToolRun verified =
                ToolRun.of(new VerifyCommand(), "--bootstrap", cluster.bootstrapServers(), "--topic", log.name());
        assertEquals(0, verified.code(), verified::toString);
        measured("%s", verified.err().strip());
    }

    private static ToolRun replay(String... more) {
        List<String> all = new ArrayList<>(List.of(
                "--bootstrap", cluster.bootstrapServers(), "--topic", log.name(), "--user", USER.value(), "--json"));
        all.addAll(List.of(more));
        ToolRun run = ToolRun.of(new ReplayCommand(), all.toArray(String[]::new));
        assertEquals(0, run.code(), run::toString);
        return run;
    }

    /**
     * Processes of their own: what a person waits for. With {@code -Dheddle.command} that of the {@code heddle} script,
     * whose first run keeps the classes ready for the next.
     */
    @Test
    @EnabledIfSystemProperty(named = "heddle.full", matches = "true")
    void aPersonWaitsASecond() throws Exception {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 6; round++) {
            Waited waited = waitFor();
            best = Math.min(best, waited.first());
            measured(
                    "replay by the index: first line after %.2f s, the last after %.2f s",
                    waited.first(), waited.last());
        }
        Waited slow = waitFor("--no-index");
        measured("replay --no-index: first line after %.2f s, the last after %.2f s", slow.first(), slow.last());
        assertTrue(best <= 1.0, "first line after " + best + " s");
    }

    /** The reading alone, in this JVM, without the start of another. */
    @Test
    @EnabledIfSystemProperty(named = "heddle.full", matches = "true")
    void theIndexPays() {
        double by = Double.MAX_VALUE;
        double without = Double.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long began = System.nanoTime();
            replay();
            by = Math.min(by, seconds(began));
            began = System.nanoTime();
            replay("--no-index");
            without = Math.min(without, seconds(began));
        }
        measured("replay in one JVM: by the index %.3f s, without %.2f s: %.0f times", by, without, without / by);
        assertTrue(without >= 20 * by, "only " + without / by + " times as fast");
    }

    /** @param first seconds until the first line, from before the process was started; {@code last} until its end */
    private record Waited(double first, double last) {}

    private static Waited waitFor(String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "replay",
                "--bootstrap",
                cluster.bootstrapServers(),
                "--topic",
                log.name(),
                "--user",
                USER.value(),
                "--json"));
        arguments.addAll(List.of(more));
        long began = System.nanoTime();
        String heddle = System.getProperty("heddle.command");
        if (heddle != null) {
            arguments.add(0, heddle);
        }
        ProcessBuilder builder = heddle == null
                ? ToolProcess.of(List.of("-XX:TieredStopAtLevel=1"), arguments.toArray(String[]::new))
                : new ProcessBuilder(arguments);
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader out = process.inputReader(UTF_8)) {
            out.readLine();
            double first = seconds(began);
            long lines = 1 + out.lines().count();
            assertEquals(0, process.waitFor());
            assertEquals(CONTENT.eventsEach(), lines);
            return new Waited(first, seconds(began));
        }
    }

    /**
     * Against a bare consumer that makes each record's ITEM and nothing more, both in this JVM, one after the other.
     */
    @Test
    @EnabledIfSystemProperty(named = "heddle.full", matches = "true")
    void verifyingIsAtLeastHalfAsFastAsDecoding() {
        double decoding = 0;
        double verifying = 0;
        for (int round = 0; round < 2; round++) {
            long began = System.nanoTime();
            decode();
            decoding = Math.max(decoding, CONTENT.events() / seconds(began));
            began = System.nanoTime();
            ToolRun verified =
                    ToolRun.of(new VerifyCommand(), "--bootstrap", cluster.bootstrapServers(), "--topic", log.name());
            assertEquals(0, verified.code(), verified::toString);
            verifying = Math.max(verifying, CONTENT.events() / seconds(began));
        }
        measured(
                "decoding alone %,.0f records/s, verify %,.0f records/s: %.2f",
                decoding, verifying, verifying / decoding);
        assertTrue(verifying >= decoding / 2, "verify is too slow");
    }

    private static void decode() {
        long[] bytes = {0};
        try (LogConsumer reader = open()) {
            reader.scan(reader.extent(0), new PartitionPass.Visitor() {
                @Override
                public boolean visit(ConsumerRecord<byte[], byte[]> record) {
                    bytes[0] += EventRecords.item(record).json().length;
                    return true;
                }
            });
        }
        assertTrue(bytes[0] > 0);
    }
}
