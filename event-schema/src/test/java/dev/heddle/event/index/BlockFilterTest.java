package dev.heddle.event.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.Generation;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class BlockFilterTest {
    private static final Generation LOG = new Generation(UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"), 64);
    private static final Block BLOCK = Block.of(LOG, 17, 3L * Block.OFFSETS + 5);
    private static final long START = BLOCK.start();
    private static final UserKey ALICE = UserKey.of("alice");
    private static final UserKey BOB = UserKey.of("bob");

    private static long[] hashes(UserKey... users) {
        long[] hashes = new long[users.length];
        for (int i = 0; i < users.length; i++) {
            hashes[i] = UserHash.of(users[i]);
        }
        return hashes;
    }

    private static BlockFilter filled(IntFunction<UserKey> userAt) {
        BlockFilterBuilder builder = new BlockFilterBuilder(BLOCK, START);
        for (int i = 0; i < Block.OFFSETS; i++) {
            builder.add(START + i, userAt.apply(i));
        }
        builder.wroteIn(4);
        return builder.build();
    }

    @Test
    void aUserThatWasAdded_isNeverDenied() {
        BlockFilter filter = filled(i -> UserKey.of("user-" + i));
        for (int i = 0; i < Block.OFFSETS; i++) {
            long[] user = hashes(UserKey.of("user-" + i));
            assertEquals(START + i, filter.next(user, START + i));
            assertEquals(START + i + 1, filter.previous(user, START + i + 1));
        }
    }

    @Test
    void aBlockOfOneUser_deniesAnotherOne() {
        BlockFilter filter = filled(i -> ALICE);
        assertEquals(BLOCK.end(), filter.next(hashes(BOB), START));
        assertEquals(START, filter.previous(hashes(BOB), BLOCK.end()));
        assertEquals(START + 7, filter.next(hashes(BOB, ALICE), START + 7));
    }

    @Test
    void aUserOfTheBlock_isLookedForFromWhereTheReaderStands() {
        BlockFilter filter = filled(i -> i == 1000 ? ALICE : BOB);
        assertEquals(START, filter.next(hashes(ALICE), START));
        assertEquals(START + 2000, filter.next(hashes(ALICE), START + 2000));
        assertEquals(START + 100, filter.previous(hashes(ALICE), START + 100));
    }

    @Test
    void whatWasNotCovered_mayHoldAnybody() {
        long first = START + 532;
        BlockFilter filter = new BlockFilterBuilder(BLOCK, first).build();
        assertEquals(START, filter.next(hashes(ALICE), START));
        assertEquals(first - 1, filter.next(hashes(ALICE), first - 1));
        assertEquals(BLOCK.end(), filter.next(hashes(ALICE), first));
        assertEquals(first, filter.previous(hashes(ALICE), BLOCK.end()));
        assertEquals(first, filter.previous(hashes(ALICE), first));
        assertEquals(START + 1, filter.previous(hashes(ALICE), START + 1));
    }

    @Test
    void theOrderOfAdding_andTheBuilder_makeNoDifference() {
        BlockFilterBuilder backwards = new BlockFilterBuilder(BLOCK, START);
        for (int i = Block.OFFSETS - 1; i >= 0; i--) {
            backwards.add(START + i, UserKey.of("user-" + i % 700));
        }
        backwards.wroteIn(4);
        assertArrayEquals(
                filled(i -> UserKey.of("user-" + i % 700)).value(),
                backwards.build().value());
    }

    @Test
    void mistakes_areRare() {
        BlockFilter full = filled(i -> UserKey.of("user-" + i));
        BlockFilter half = filled(i -> UserKey.of("user-" + i / 2));
        assertEquals(0.0059, mistakes(full), 0.001);
        assertEquals(0.00024, mistakes(half), 0.0002);
    }

    /** With the same users in every block, nobody else is a mistake of them all. */
    @Test
    void aMistakeInOneBlock_saysNothingOfTheNext() {
        BlockFilter one = filled(i -> UserKey.of("user-" + i));
        BlockFilterBuilder next = new BlockFilterBuilder(BLOCK.following(), BLOCK.end());
        for (int i = 0; i < Block.OFFSETS; i++) {
            next.add(BLOCK.end() + i, UserKey.of("user-" + i));
        }
        BlockFilter two = next.build();
        int first = 0;
        int both = 0;
        for (int i = 0; i < 100_000; i++) {
            long[] user = hashes(UserKey.of("absent-" + i));
            if (one.next(user, START) == START) {
                first++;
                both += two.next(user, BLOCK.end()) == BLOCK.end() ? 1 : 0;
            }
        }
        assertTrue(first > 200, "mistakes in the first block: " + first);
        assertTrue(both * 20 < first, "of " + first + " there are in the second " + both);
    }

    private static double mistakes(BlockFilter filter) {
        int mistakes = 0;
        int absent = 100_000;
        for (int i = 0; i < absent; i++) {
            mistakes += filter.next(hashes(UserKey.of("absent-" + i)), START) < BLOCK.end() ? 1 : 0;
        }
        return mistakes / (double) absent;
    }

    @Test
    void aMillionEventsOfDistinctUsers_takeAMegabyteAtMost() {
        long value = filled(i -> UserKey.of("user-" + i)).value().length;
        assertEquals(BlockFilter.MAX_BYTES, value);
        int framing = 80; // a record batch of its own, and the key
        assertTrue((value + framing) * (1_000_000.0 / Block.OFFSETS) <= 1_000_000);
    }

    @Test
    void aRecord_isReadBack() {
        BlockFilter made = filled(i -> i < 3000 ? ALICE : BOB);
        BlockFilter read = BlockFilter.decode(BLOCK.key(), made.value().clone());
        assertEquals(BLOCK, read.block());
        assertEquals(new BlockFilter.Cover(START, 4), read.cover());
        assertFalse(read.isRewind());
        assertEquals(BLOCK.end(), read.next(hashes(UserKey.of("carol")), START));
    }

    @Test
    void aRewind_isReadBack() {
        BlockFilter read =
                BlockFilter.decode(BLOCK.key(), BlockFilter.rewind(BLOCK).value());
        assertTrue(read.isRewind());
        assertEquals(BLOCK, read.block());
    }

    /** Whatever the number of users, from none to as many as a block has offsets. */
    @Test
    void nobodyIsDenied_atAnyNumberOfUsers() {
        for (int users = 1; users <= Block.OFFSETS; users += 1 + users / 40) {
            int distinct = users;
            BlockFilter filter = filled(i -> UserKey.of("of-" + distinct + "-" + i % distinct));
            BlockFilter read = BlockFilter.decode(BLOCK.key(), filter.value());
            for (int i = 0; i < users; i++) {
                assertEquals(START, read.next(hashes(UserKey.of("of-" + users + "-" + i)), START));
            }
        }
    }

    /** When no seed serves, the filter has no columns, and hides nobody. */
    @Test
    void aFilterWithoutColumns_deniesNobody() {
        BlockFilter open = BlockFilter.make(
                BLOCK,
                new BlockFilter.Cover(START, 4),
                new Ribbon.Made(new Ribbon.Shape(0, 3), ByteBuffer.allocate(0)));
        BlockFilter read = BlockFilter.decode(BLOCK.key(), open.value());
        assertEquals(START, read.next(hashes(ALICE), START));
    }

    @Test
    void theBytes_areTheseForEver() {
        BlockFilterBuilder builder = new BlockFilterBuilder(BLOCK, START + 2);
        builder.add(START + 2, ALICE);
        builder.add(START + 3, BOB);
        builder.add(START + 600, UserKey.of("Zoë"));
        builder.wroteIn(7);
        assertEquals("0000000000003000", HexFormat.of().formatHex(BLOCK.key()));
        assertEquals(
                "0200100000112233445566778899aabbccddeeff00000040000000110000000000003000000000000000300200000007"
                        + "000100000000000000070000000000000002000000000000000100000000000000060000000000000007000000000000"
                        + "000200000000000000010000000000000004000000000000000700000000000000010000000000000003000000000000"
                        + "000680e020e1",
                HexFormat.of().formatHex(builder.build().value()));
    }

    @Test
    void garbage_isRefused_andNothingElseHappens() {
        byte[] good = filled(i -> UserKey.of("user-" + i % 50)).value();
        Random random = new Random(20260101);
        for (int round = 0; round < 20_000; round++) {
            byte[] bad = spoilt(good, random);
            assertThrows(InvalidEventException.class, () -> BlockFilter.decode(BLOCK.key(), bad));
        }
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThrows(InvalidEventException.class, () -> BlockFilter.decode(BLOCK.key(), cut));
        }
        assertThrows(InvalidEventException.class, () -> BlockFilter.decode(new byte[0], good));
        assertThrows(
                InvalidEventException.class,
                () -> BlockFilter.decode(BLOCK.following().key(), good));
        assertThrows(InvalidEventException.class, () -> BlockFilter.decode(BLOCK.key(), new byte[1 << 20]));
    }

    /** Behind a checksum that matches, what the fields say is still checked. */
    @Test
    void fieldsOutOfBounds_areRefused_orMakeARecordThatAnswers() {
        byte[] good = filled(i -> UserKey.of("user-" + i % 50)).value();
        Random random = new Random(7);
        int refused = 0;
        int rounds = 20_000;
        for (int round = 0; round < rounds; round++) {
            byte[] bad = good.clone();
            bad[random.nextInt(BlockFilter.HEADER)] = (byte) random.nextInt();
            checksum(bad);
            try {
                BlockFilter read = BlockFilter.decode(BLOCK.key(), bad);
                long from = read.block().start() + random.nextInt(Block.OFFSETS);
                assertTrue(read.next(hashes(ALICE), from) >= from);
                assertTrue(read.previous(hashes(ALICE), from + 1) <= from + 1);
            } catch (InvalidEventException e) {
                refused++;
            }
        }
        assertTrue(refused > rounds / 4, "refused " + refused);
    }

    private static byte[] spoilt(byte[] good, Random random) {
        if (random.nextInt(4) == 0) {
            byte[] noise = new byte[random.nextInt(BlockFilter.MAX_BYTES + 100)];
            random.nextBytes(noise);
            return noise;
        }
        byte[] bad = good.clone();
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        return bad;
    }

    private static void checksum(byte[] value) {
        CRC32C crc = new CRC32C();
        int checked = value.length - BlockFilter.CHECKSUM;
        crc.update(value, 0, checked);
        ByteBuffer.wrap(value).putInt(checked, (int) crc.getValue());
    }
}
