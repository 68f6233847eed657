package dev.heddle.edge.index;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.edge.hub.BlockIndex;
import dev.heddle.event.UserKey;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.testing.KafkaFixture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class IndexBuilderTest {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final UserKey ALICE = UserKey.of("alice");
    private static final UserKey BOB = UserKey.of("bob");
    private static final UserKey NOBODY = UserKey.of("nobody");

    private @Nullable IndexedLog opened;

    private IndexedLog log(int partitions) throws Exception {
        opened = new IndexedLog(KAFKA.bootstrapServers(), partitions);
        return opened;
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    private static List<UserKey> many(UserKey user, int count) {
        return new ArrayList<>(Collections.nCopies(count, user));
    }

    /** Fills up to about that many offsets with a user's records, in transactions. */
    private static void fill(IndexedLog log, int partition, UserKey user, long offsets) throws Exception {
        while (log.end(log.topic.partition(partition)) < offsets) {
            List<Long> unused = log.write(partition, many(user, 2500));
        }
    }

    private static void fillAll(IndexedLog log, int partitions, long offsets) throws Exception {
        for (int partition = 0; partition < partitions; partition++) {
            fill(log, partition, ALICE, offsets);
        }
    }

    @Test
    void noEventIsHidden_andFewStretchesAreReadInVain() throws Exception {
        IndexedLog log = log(1);
        Random random = new Random(4096);
        Map<UserKey, List<Long>> offsets = new HashMap<>();
        for (int written = 0; written < 100_000; written += 500) {
            List<UserKey> users = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                users.add(UserKey.of("user-" + random.nextInt(3000)));
            }
            List<Long> taken = log.write(0, users);
            for (int i = 0; i < 500; i++) {
                offsets.computeIfAbsent(users.get(i), user -> new ArrayList<>()).add(taken.get(i));
            }
        }
        IndexBuilder builder = log.build();
        log.awaitIndexed(0);
        assertTrue(builder.counts().bytes() <= builder.counts().blocks() * BlockFilter.MAX_BYTES);
        long end = Block.startOf(log.end(log.topic.partition(0)));
        try (BlockIndex index = log.open().openIndex()) {
            Stretches stretches = new Stretches(index, end);
            offsets.forEach(stretches::check);
            assertTrue(stretches.mistakes() < 0.04, "read in vain: " + stretches.mistakes());
        }
    }

    /** What an index admits, against where the records are. */
    private static final class Stretches {
        private final BlockIndex index;
        private final long end;
        private long empty;
        private long admittedEmpty;

        Stretches(BlockIndex index, long end) {
            this.index = index;
            this.end = end;
        }

        void check(UserKey user, List<Long> offsets) {
            Set<UserKey> users = Set.of(user);
            long from = 0;
            for (long offset : offsets) {
                assertTrue(index.next(0, users, from, offset + 1) <= offset, () -> user + " is hidden at " + offset);
                assertEquals(offset, index.next(0, users, offset, offset + 1));
                assertEquals(offset + 1, index.previous(0, users, from, offset + 1));
                assertTrue(index.previous(0, users, 0, end + 5000) > offset);
                from = offset + 1;
            }
            for (long block = 0; block < end; block += Block.OFFSETS) {
                long blockStart = block;
                long blockEnd = block + Block.OFFSETS;
                if (offsets.stream().noneMatch(offset -> offset >= blockStart && offset < blockEnd)) {
                    empty++;
                    admittedEmpty += index.next(0, users, blockStart, blockEnd) < blockEnd ? 1 : 0;
                }
            }
        }

        double mistakes() {
            return (double) admittedEmpty / empty;
        }
    }

    @Test
    void whenOneBuilderIsStopped_theOtherLeavesNoBlockOut() throws Exception {
        int partitions = 4;
        IndexedLog log = log(partitions);
        IndexBuilder first = log.build();
        IndexBuilder second = log.build();
        long offsets = 0;
        while (first.counts().blocks() == 0 || second.counts().blocks() == 0) {
            assertTrue(offsets < 3_000_000, "they do not share the work");
            offsets += 5_000;
            fillAll(log, partitions, offsets);
        }
        first.close();
        fillAll(log, partitions, offsets + 12_000);
        for (int partition = 0; partition < partitions; partition++) {
            log.awaitIndexed(partition);
        }
        try (BlockIndex index = log.open().openIndex()) {
            for (int partition = 0; partition < partitions; partition++) {
                long end = Block.startOf(log.end(log.topic.partition(partition)));
                assertEquals(end, index.next(partition, Set.of(NOBODY), 0, end));
                assertEquals(end, index.next(partition, Set.of(NOBODY), 0, end + 100));
                assertEquals(0, index.next(partition, Set.of(ALICE), 0, end));
            }
        }
        assertEquals(0, second.counts().failures());
    }

    @Test
    void aBlockIndexedTwice_hasTheSameBytes() throws Exception {
        IndexedLog log = log(1);
        fill(log, 0, ALICE, 20_000);
        log.build();
        log.awaitIndexed(0);
        log.closeBuilders();
        log.commit(0, Block.OFFSETS);
        log.build();
        await("the blocks again").atMost(IndexedLog.LIMIT).until(() -> log.end(log.topic.indexPartition(0)) >= 7);
        Map<Long, byte[]> known = new TreeMap<>();
        for (BlockFilter filter : log.readIndex(0)) {
            byte[] earlier = known.put(filter.block().start(), filter.value());
            if (earlier != null) {
                assertArrayEquals(earlier, filter.value());
            }
        }
        try (BlockIndex index = log.open().openIndex()) {
            long end = Block.startOf(log.end(log.topic.partition(0)));
            assertEquals(end, index.next(0, Set.of(NOBODY), 0, end));
        }
    }

    @Test
    void anIndexThatIsGone_isBuiltAgain() throws Exception {
        IndexedLog log = log(1);
        fill(log, 0, ALICE, 10_000);
        log.build();
        log.awaitIndexed(0);
        log.closeBuilders();
        log.deleteBefore(log.topic.indexPartition(0), log.end(log.topic.indexPartition(0)));
        try (BlockIndex index = log.open().openIndex()) {
            assertEquals(0, index.next(0, Set.of(NOBODY), 0, 8192));
            log.build();
            await("the index again")
                    .atMost(IndexedLog.LIMIT)
                    .until(() -> index.next(0, Set.of(NOBODY), 0, 8192) == 8192);
        }
    }

    @Test
    void aLogThatBeginsWithinABlock_isCoveredFromThere() throws Exception {
        IndexedLog log = log(1);
        fill(log, 0, ALICE, 10_000);
        log.deleteBefore(log.topic.partition(0), 1000);
        log.build();
        log.awaitIndexed(0);
        assertEquals(1000, log.readIndex(0).get(0).cover().first());
        try (BlockIndex index = log.open().openIndex()) {
            assertEquals(0, index.next(0, Set.of(NOBODY), 0, 8192));
            assertEquals(8192, index.next(0, Set.of(NOBODY), 1000, 8192));
            assertEquals(1000, index.previous(0, Set.of(NOBODY), 0, 8192));
        }
    }

    @Test
    void whatExpiresBeforeItIsIndexed_isLeftOut() throws Exception {
        IndexedLog log = log(1);
        fill(log, 0, ALICE, 20_000);
        log.build();
        log.awaitIndexed(0);
        log.closeBuilders();
        log.commit(0, 4096);
        log.deleteBefore(log.topic.partition(0), 9000);
        IndexBuilder builder = log.build();
        await("the rest").atMost(IndexedLog.LIMIT).until(() -> builder.counts().blocks() >= 2);
        assertEquals(0, builder.counts().rewinds());
        log.awaitIndexed(0);
        List<BlockFilter> all = log.readIndex(0);
        assertEquals(9000, all.get(4).cover().first());
        assertEquals(8192, all.get(4).block().start());
    }

    @Test
    void aLogThatWasCutWhileNobodyLooked_isIndexedAgainFromThere() throws Exception {
        IndexedLog log = log(1);
        fill(log, 0, ALICE, 5_000);
        log.writeIndex(log.filter(0, 0, BOB), log.filter(1, 0, BOB), log.filter(2, 0, BOB));
        log.commit(0, 3 * 4096);
        try (BlockIndex index = log.open().openIndex()) {
            assertEquals(3 * 4096, index.next(0, Set.of(ALICE), 4096, 3 * 4096));
            IndexBuilder builder = log.build();
            await("the rewind")
                    .atMost(IndexedLog.LIMIT)
                    .until(() -> builder.counts().rewinds() == 1);
            await("stale blocks to be let go")
                    .atMost(IndexedLog.LIMIT)
                    .until(() -> index.next(0, Set.of(ALICE), 4096, 3 * 4096) == 4096);
            fill(log, 0, ALICE, 10_000);
            await("the new block")
                    .atMost(IndexedLog.LIMIT)
                    .until(() -> builder.counts().blocks() == 1);
            await("it to be known")
                    .atMost(IndexedLog.LIMIT)
                    .until(() -> index.next(0, Set.of(NOBODY), 4096, 3 * 4096) == 2 * 4096);
        }
    }

    @Test
    void keysThatAreNobodys_areSkipped() throws Exception {
        IndexedLog log = log(1);
        byte[] noUtf8 = {(byte) 0xff, 1};
        List<byte[]> keys = new ArrayList<>(Collections.nCopies(5000, noUtf8));
        keys.set(700, "alice".getBytes(StandardCharsets.UTF_8));
        keys.set(3000, new byte[300]);
        log.writeKeys(0, keys);
        log.build();
        log.awaitIndexed(0);
        try (BlockIndex index = log.open().openIndex()) {
            assertEquals(0, index.next(0, Set.of(ALICE), 0, 4096));
            assertEquals(4096, index.previous(0, Set.of(ALICE), 0, 4096));
            assertEquals(4096, index.next(0, Set.of(NOBODY), 0, 4096));
        }
    }
}
