package dev.heddle.edge.index;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.edge.hub.BlockIndex;
import dev.heddle.edge.log.KafkaEventLog;
import dev.heddle.event.Generation;
import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.event.index.BlockFilterBuilder;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KafkaBlockIndexTest {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final Set<UserKey> ALICE = Set.of(UserKey.of("alice"));
    private static final UserKey BOB = UserKey.of("bob");
    private static final long N = Block.OFFSETS;
    private static final Duration LIMIT = IndexedLog.LIMIT;

    private @Nullable IndexedLog opened;

    @BeforeEach
    void open() throws Exception {
        opened = new IndexedLog(KAFKA.bootstrapServers(), 1);
    }

    @AfterEach
    void close() {
        log().close();
    }

    private IndexedLog log() {
        return Objects.requireNonNull(opened);
    }

    /** An index whose first answers need not be in time: the first read of a client takes longer. */
    private BlockIndex index() {
        return log().open(new IndexConfig(64 << 20, Duration.ofSeconds(10))).openIndex();
    }

    private static BlockFilter full(Generation generation, long number) {
        long start = number * N;
        BlockFilterBuilder builder = new BlockFilterBuilder(new Block(generation, 0, start), start);
        for (long offset = start; offset < start + N; offset++) {
            builder.add(offset, UserKey.of("user-" + offset));
        }
        builder.wroteIn(1);
        return builder.build();
    }

    @Test
    void whereNothingIsIndexed_anybodyMayBe() {
        try (BlockIndex index = index()) {
            assertEquals(17, index.next(0, ALICE, 17, 100_000));
            assertEquals(100_000, index.previous(0, ALICE, 17, 100_000));
        }
    }

    @Test
    void onlyWhatIsIndexed_isSkipped() {
        log().writeIndex(log().filter(1, 0, BOB), log().filter(2, 0, BOB), log().filter(4, 0, BOB));
        try (BlockIndex index = index()) {
            assertEquals(0, index.next(0, ALICE, 0, 10 * N));
            assertEquals(3 * N, index.next(0, ALICE, N + 9, 10 * N));
            assertEquals(2 * N, index.next(0, ALICE, N, 2 * N));
            assertEquals(5 * N, index.next(0, ALICE, 4 * N, 10 * N));
            assertEquals(10 * N, index.previous(0, ALICE, 0, 10 * N));
            assertEquals(4 * N, index.previous(0, ALICE, 0, 5 * N));
            assertEquals(N, index.previous(0, ALICE, 0, 3 * N));
            assertEquals(2 * N, index.next(0, Set.of(BOB), 2 * N, 3 * N));
        }
    }

    @Test
    void garbage_anotherLogsRecords_andAnotherPartitions_sayNothing() {
        Generation other = new Generation(UUID.randomUUID(), 1);
        Generation split = new Generation(log().topic.generation().topicId(), 2);
        Random random = new Random(3);
        byte[] noise = new byte[400];
        random.nextBytes(noise);
        log().writeIndex(log().filter(0, 0, BOB));
        log().writeIndex(0, new Block(log().topic.generation(), 0, N).key(), noise);
        log().writeIndex(0, noise, log().filter(1, 0, BOB).value());
        log().writeIndex(IndexedLog.filter(other, 1, 0, BOB), IndexedLog.filter(split, 2, 0, BOB));
        try (BlockIndex index = index()) {
            assertEquals(N, index.next(0, ALICE, 0, 10 * N));
            assertEquals(2 * N, index.next(0, ALICE, 2 * N, 10 * N));
        }
    }

    @Test
    void aBlockOfALogThatWasCut_saysNothing() {
        log().writeIndex(log().filter(0, 5, BOB), log().filter(1, 3, BOB), log().filter(2, 6, BOB));
        try (BlockIndex index = index()) {
            assertEquals(N, index.next(0, ALICE, 0, 10 * N));
            assertEquals(N, index.next(0, ALICE, N, 10 * N));
            assertEquals(3 * N, index.next(0, ALICE, 2 * N, 10 * N));
        }
    }

    @Test
    void theLaterRecordOfABlock_stands() {
        log().writeIndex(log().filter(0, 0, BOB), log().filter(0, 0, UserKey.of("alice")));
        try (BlockIndex index = index()) {
            assertEquals(0, index.next(0, ALICE, 0, N));
            assertEquals(N, index.next(0, Set.of(BOB), 0, N));
        }
    }

    @Test
    void newBlocks_areSeenSoon_butKafkaIsNotAskedEachTime() {
        log().writeIndex(log().filter(0, 0, BOB));
        KafkaEventLog log = log().open(new IndexConfig(64 << 20, Duration.ofSeconds(10)));
        try (BlockIndex index = log.openIndex()) {
            assertEquals(N, index.next(0, ALICE, 0, 10 * N));
            long reads = log.index().counts().reads();
            for (int i = 0; i < 100; i++) {
                assertEquals(N, index.next(0, ALICE, 0, 10 * N));
            }
            assertEquals(reads, log.index().counts().reads());
            log().writeIndex(log().filter(1, 0, BOB));
            await("the new block").atMost(LIMIT).until(() -> index.next(0, ALICE, 0, 10 * N) == 2 * N);
        }
    }

    @Test
    void severalThreads_shareWhatOneHasLoaded() {
        for (int number = 0; number < 100; number++) {
            log().writeIndex(log().filter(number, 0, BOB));
        }
        KafkaEventLog log = log().open(new IndexConfig(64 << 20, Duration.ofSeconds(10)));
        try (BlockIndex one = log.openIndex();
                BlockIndex other = log.openIndex()) {
            assertEquals(100 * N, one.next(0, ALICE, 0, 100 * N));
            long reads = log.index().counts().reads();
            assertEquals(100 * N, other.next(0, ALICE, 0, 100 * N));
            assertEquals(0, other.previous(0, ALICE, 0, 100 * N));
            assertTrue(
                    log.index().counts().reads() <= reads + 1,
                    "read again: " + log.index().counts().reads());
        }
    }

    @Test
    void anIndexLargerThanTheBudget_isReadAsItIsNeeded() {
        int blocks = 1200; // 5 MB
        byte[] first = full(log().topic.generation(), 0).value();
        assertTrue((long) blocks * first.length > 4 << 20);
        for (int number = 0; number < blocks; number++) {
            log().writeIndex(number % 2 == 0 ? full(log().topic.generation(), number) : log().filter(number, 1, BOB));
            if (number % 2 == 0) {
                log().writeIndex(full(log().topic.generation(), number));
            }
        }
        KafkaEventLog log = log().open(new IndexConfig(4 << 20, Duration.ofSeconds(20)));
        Set<UserKey> last = Set.of(UserKey.of("user-" + ((blocks - 2) * N + 1)));
        try (BlockIndex index = log.openIndex()) {
            long at = 0;
            while (at < (blocks - 2) * N) {
                at = index.next(0, last, at, blocks * N);
                if (at < (blocks - 2) * N) {
                    at = at - at % Block.OFFSETS + Block.OFFSETS; // a mistake of the filter
                }
            }
            assertEquals((blocks - 2) * N, at);
            assertTrue(log.index().heldBytes() <= 4 << 20, "held " + log.index().heldBytes());
            assertEquals(0, log.index().counts().failures());
        }
    }

    @Test
    void whenKafkaIsAway_anybodyMayBeAnywhere_andLaterItIsKnownAgain() throws Exception {
        try (FreshCluster cluster = KafkaFixture.freshCluster();
                IndexedLog away = new IndexedLog(cluster.bootstrapServers(), 1)) {
            away.writeIndex(away.filter(0, 0, BOB), away.filter(1, 0, BOB));
            IndexBuilder builder = away.build();
            KafkaEventLog log = away.open(new IndexConfig(64 << 20, Duration.ofMillis(300)));
            try (BlockIndex index = log.openIndex();
                    BlockIndex later = log.openIndex()) {
                cluster.stopBroker(0);
                long began = System.nanoTime();
                for (int i = 0; i < 200; i++) {
                    assertEquals(5, index.next(0, ALICE, 5, 2 * N));
                    assertEquals(2 * N, index.previous(0, ALICE, 5, 2 * N));
                }
                Duration took = Duration.ofNanos(System.nanoTime() - began);
                assertTrue(took.toMillis() < 30_000, "400 answers took " + took);
                cluster.startBroker(0);
                await("the index again").atMost(LIMIT).until(() -> later.next(0, ALICE, 5, 2 * N) == 2 * N);
                List<Long> unused = away.write(0, Collections.nCopies(9000, BOB));
                away.awaitIndexed(0);
            }
            assertEquals(2, builder.counts().blocks());
        }
    }

    @Test
    void aBuilderEndsQuickly_whetherOrNotKafkaIsThere() throws Exception {
        try (FreshCluster cluster = KafkaFixture.freshCluster();
                IndexedLog log = new IndexedLog(cluster.bootstrapServers(), 1)) {
            IndexBuilder idle = log.build();
            IndexBuilder busy = log.build();
            List<Long> unused = log.write(0, Collections.nCopies(9000, BOB));
            log.awaitIndexed(0);
            assertTrue(closed(idle).toMillis() < 10_000, "it ends soon");
            cluster.stopBroker(0);
            assertTrue(closed(busy).toMillis() < 15_000, "it ends soon without Kafka");
        }
    }

    private static Duration closed(IndexBuilder builder) {
        long began = System.nanoTime();
        builder.close();
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
