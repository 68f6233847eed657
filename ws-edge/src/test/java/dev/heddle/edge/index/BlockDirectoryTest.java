package dev.heddle.edge.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.Generation;
import dev.heddle.event.index.Block;
import dev.heddle.event.index.BlockFilter;
import dev.heddle.event.index.StandingBlocks;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BlockDirectoryTest {
    private static final Generation LOG = new Generation(new UUID(1, 2), 1);

    private static BlockFilter block(long number, int epoch) {
        return IndexedLog.filter(LOG, number, epoch);
    }

    private static BlockFilter rewind(long number) {
        return BlockFilter.rewind(new Block(LOG, 0, number * Block.OFFSETS));
    }

    /** A directory that has read all of an index of these records. */
    private static BlockDirectory of(BlockFilter... records) {
        BlockDirectory directory = new BlockDirectory(1000);
        directory.restart(0, 0);
        directory.grown(records.length);
        directory.append(stretch(0, List.of(records)));
        return directory;
    }

    private static IndexSlice stretch(long from, List<BlockFilter> records) {
        IndexSlice stretch = new IndexSlice(from);
        for (int i = 0; i < records.size(); i++) {
            stretch.add(from + i, records.get(i));
        }
        stretch.reach(from + records.size());
        return stretch;
    }

    private static List<Long> places(BlockDirectory directory, int blocks) {
        List<Long> places = new ArrayList<>();
        for (long number = 0; number < blocks; number++) {
            places.add(directory.place(number * Block.OFFSETS));
        }
        return places;
    }

    @Test
    void blocksInOrder_areFoundWhereTheyLie_andGapsAreNot() {
        assertEquals(List.of(0L, 1L, -1L, 2L, -1L), places(of(block(0, 1), block(1, 1), block(3, 2)), 5));
    }

    @Test
    void theLaterRecordOfABlock_stands() {
        BlockFilter[] twice = {block(0, 1), block(1, 1), block(2, 1), block(1, 1), block(2, 1), block(3, 1)};
        assertEquals(List.of(0L, 3L, 4L, 5L), places(of(twice), 4));
    }

    @Test
    void aRewind_takesBackWhatWasIndexedBefore() {
        BlockFilter[] cut = {block(0, 1), block(1, 1), block(2, 1), rewind(1), block(1, 2)};
        assertEquals(List.of(0L, 4L, -1L), places(of(cut), 3));
    }

    @Test
    void aBlockOfALowerEpochThanOneBeforeIt_isOfALogThatWasCut() {
        BlockFilter[] rebuilt = {block(0, 1), block(1, 1), block(2, 1), block(1, 5)};
        assertEquals(List.of(0L, 3L, -1L), places(of(rebuilt), 3));
        BlockFilter[] late = {block(0, 4), block(1, 3), block(0, 3)};
        assertEquals(List.of(0L, -1L, -1L), places(of(late), 3));
    }

    @Test
    void anIndexThatIsShorterThanItWas_isAnotherOne() {
        BlockDirectory directory = of(block(0, 1), block(1, 1), block(2, 1));
        assertTrue(directory.isCurrent());
        assertFalse(directory.isAnotherIndexThan(3));
        assertTrue(directory.isAnotherIndexThan(2));
        directory.restart(0, 2);
        assertEquals(List.of(-1L, -1L, -1L), places(directory, 3));
        assertEquals(2, directory.low());
    }

    @Test
    void whatWasAppendedSince_isMissing_untilItIsRead() {
        BlockDirectory directory = of(block(0, 1));
        directory.grown(2);
        assertFalse(directory.isCurrent());
        directory.append(stretch(1, List.of(block(1, 1))));
        assertTrue(directory.isCurrent());
    }

    /** However it is read, piece after piece to either side, the same records stand. */
    @Test
    void readFromTheEndBackwards_itIsTheSame() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<BlockFilter> index = randomIndex(random);
            BlockDirectory directory = new BlockDirectory(1000);
            int middle = random.nextInt(index.size() + 1);
            directory.restart(0, middle);
            directory.grown(index.size());
            int low = middle;
            directory.append(stretch(middle, index.subList(middle, index.size())));
            while (low > 0) {
                int from = random.nextInt(low);
                directory.prepend(stretch(from, index.subList(from, low)));
                low = from;
            }
            assertEquals(expected(index), places(directory, 30), "seed " + seed);
        }
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
                default -> index.add(block(Math.min(29, at++), Math.max(0, epoch)));
            }
        }
        return index;
    }

    /** The places by the rule, of which {@code StandingBlocksTest} has an oracle, for an index read in order. */
    private static List<Long> expected(List<BlockFilter> index) {
        StandingBlocks standing = new StandingBlocks();
        index.forEach(standing::add);
        List<Long> places = new ArrayList<>();
        for (long number = 0; number < 30; number++) {
            places.add((long) standing.at(number * Block.OFFSETS));
        }
        return places;
    }
}
