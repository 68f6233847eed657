package dev.heddle.event.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heddle.event.Generation;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** An index record holds for its log and partition, from its first offset on, and as long as none takes it back. */
class StandingBlocksTest {
    private static final Generation LOG = new Generation(new UUID(1, 2), 3);
    private static final int BLOCKS = 30;
    private static final long[] BOB = {UserHash.of(UserKey.of("bob"))};

    @Test
    void eachBlockHasItsOwnRecord_orNone() {
        assertEquals(List.of(0, 1, -1, 2, -1), standing(5, block(0, 1), block(1, 1), block(3, 2)));
    }

    @Test
    void theLaterRecordOfABlockStands() {
        assertEquals(List.of(0, 3, 2), standing(3, block(0, 1), block(1, 1), block(2, 1), block(1, 1)));
    }

    @Test
    void aRewindTakesBackAllFromItsBlockOn() {
        assertEquals(List.of(0, 4, -1), standing(3, block(0, 1), block(1, 1), block(2, 1), rewind(1), block(1, 2)));
    }

    @Test
    void aLowerEpochThanThatOfABlockBeforeItIsOfALogThatWasCut() {
        assertEquals(List.of(0, 3, -1), standing(3, block(0, 1), block(1, 1), block(2, 1), block(1, 5)));
        assertEquals(List.of(0, -1, -1), standing(3, block(0, 4), block(1, 3), block(0, 3)));
    }

    @Test
    void aRecordOfAnotherLogOrPartitionIsNone() {
        BlockFilter record = block(0, 1);
        byte[] key = record.block().key();
        assertEquals(
                record.block(), BlockFilter.decode(LOG, 0, key, record.value()).block());
        assertThrows(InvalidEventException.class, () -> BlockFilter.decode(LOG, 1, key, record.value()));
        Generation fewer = new Generation(LOG.topicId(), 2);
        assertThrows(InvalidEventException.class, () -> BlockFilter.decode(fewer, 0, key, record.value()));
        Generation another = new Generation(new UUID(1, 3), 3);
        assertThrows(InvalidEventException.class, () -> BlockFilter.decode(another, 0, key, record.value()));
    }

    @Test
    void beforeTheFirstOffsetThatARecordCoversAnybodyMayBe() {
        BlockFilterBuilder builder = new BlockFilterBuilder(new Block(LOG, 0, 0), 100);
        builder.add(200, UserKey.of("alice"));
        BlockFilter.Match match = builder.build().match(BOB);
        assertEquals(99, match.next(99));
        assertEquals(Block.OFFSETS, match.next(100));
        assertEquals(100, match.previous(Block.OFFSETS));
        assertEquals(50, match.previous(50));
        assertEquals(new BlockFilter.Match(Block.OFFSETS, false), rewind(0).match(BOB));
    }

    /** However the index is read, piece after piece to either side, the same records stand. */
    @Test
    void readFromTheEndBackwardsItIsTheSame() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<BlockFilter> index = randomIndex(random);
            StandingBlocks blocks = new StandingBlocks();
            int low = random.nextInt(index.size() + 1);
            index.subList(low, index.size()).forEach(blocks::add);
            while (low > 0) {
                int from = random.nextInt(low);
                blocks.addBefore(index.subList(from, low));
                low = from;
            }
            assertEquals(index.size(), blocks.records());
            assertEquals(expected(index), numbers(blocks, BLOCKS), "seed " + seed);
        }
    }

    private static List<Integer> standing(int count, BlockFilter... records) {
        StandingBlocks blocks = new StandingBlocks();
        for (BlockFilter record : records) {
            blocks.add(record);
        }
        List<Integer> numbers = numbers(blocks, count);
        assertEquals(numbers.stream().filter(number -> number >= 0).count(), blocks.size());
        return numbers;
    }

    private static List<Integer> numbers(StandingBlocks blocks, int count) {
        List<Integer> numbers = new ArrayList<>();
        for (long number = 0; number < count; number++) {
            numbers.add(blocks.at(number * Block.OFFSETS));
        }
        return numbers;
    }

    private static List<BlockFilter> randomIndex(Random random) {
        List<BlockFilter> index = new ArrayList<>();
        int at = 0;
        int epoch = 0;
        for (int i = 0; i < 40; i++) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    at = random.nextInt(at + 1);
                    index.add(rewind(at));
                    epoch++;
                }
                case 1 -> at = random.nextInt(at + 1);
                case 2 -> epoch += random.nextInt(3) - 1;
                default -> index.add(block(Math.min(BLOCKS - 1, at++), Math.max(0, epoch)));
            }
        }
        return index;
    }

    /** The same rule, the slow and plain way. */
    private static List<Integer> expected(List<BlockFilter> index) {
        TreeMap<Long, Integer> standing = new TreeMap<>();
        for (int i = 0; i < index.size(); i++) {
            BlockFilter record = index.get(i);
            long start = record.block().start();
            int epoch = record.cover().leaderEpoch();
            if (record.isRewind()) {
                standing.tailMap(start, true).clear();
            } else if (standing.headMap(start, true).values().stream()
                    .allMatch(number -> epoch(index, number) <= epoch)) {
                standing.tailMap(start, true).values().removeIf(number -> epoch(index, number) < epoch);
                standing.put(start, i);
            }
        }
        List<Integer> numbers = new ArrayList<>();
        for (long number = 0; number < BLOCKS; number++) {
            numbers.add(standing.getOrDefault(number * Block.OFFSETS, -1));
        }
        return numbers;
    }

    private static int epoch(List<BlockFilter> index, int number) {
        return index.get(number).cover().leaderEpoch();
    }

    private static BlockFilter block(long number, int epoch) {
        Block block = new Block(LOG, 0, number * Block.OFFSETS);
        BlockFilterBuilder builder = new BlockFilterBuilder(block, block.start());
        builder.wroteIn(epoch);
        return builder.build();
    }

    private static BlockFilter rewind(long number) {
        return BlockFilter.rewind(new Block(LOG, 0, number * Block.OFFSETS));
    }
}
