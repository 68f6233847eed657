package dev.heddle.event;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.heddle.event.Samples.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Damaged records are refused by {@link InvalidEventException} and nothing else, or yield valid JSON. */
class RecordFuzzTest {
    private static final long SEED = 20_261_120;

    @Test
    void damagedEventsAreRefusedOrValid() {
        Random random = new Random(SEED);
        List<byte[]> seeds =
                Samples.all().stream().map(Sample::event).map(Samples::stored).toList();
        fuzz(random, seeds, value -> {
            EventItem item = EventItem.of(Samples.ALICE, value);
            assertEquals(
                    item.type(),
                    Json.parseObject(item.json()).get("event").get("type").textValue());
            AgentEvent decoded = EventCodec.decode(Samples.ALICE, value);
            EventItem again = EventItem.of(Samples.ALICE, EventCodec.encode(decoded));
            assertEquals(Json.parseObject(item.json()), Json.parseObject(again.json()));
        });
    }

    @Test
    void damagedCommandsAndStatusesAreRefusedOrValid() {
        CommandHeader header = new CommandHeader("c", Samples.ALICE, "t", "r", Instant.EPOCH);
        List<byte[]> commands = List.of(
                CommandCodec.encode(new RunStart(header, "echo", Samples.event("{\"messages\":[]}"))),
                CommandCodec.encode(new RunResume(header, Json.parseArray("[1]"))),
                CommandCodec.encode(new RunCancel(header)));
        fuzz(new Random(SEED), commands, value -> CommandCodec.decode(Samples.ALICE, value));
        List<byte[]> statuses = List.of(ExecutorStatusCodec.encode(new ExecutorStatus(
                "x",
                Instant.EPOCH,
                Duration.ofSeconds(10),
                List.of(
                        new AgentOffer("a", Availability.BUSY, "d", 1),
                        new AgentOffer("b", Availability.AVAILABLE, null, 0)))));
        fuzz(new Random(SEED), statuses, ExecutorStatusCodec::decode);
        fuzz(new Random(SEED), List.of(RevocationCodec.encode(Instant.EPOCH)), RevocationCodec::decode);
    }

    @Test
    void everyCutIsTruncated() {
        for (Sample sample : Samples.all()) {
            byte[] whole = Samples.stored(sample.event());
            for (int length = 0; length < whole.length; length++) {
                byte[] part = Arrays.copyOf(whole, length);
                assertThrows(InvalidEventException.class, () -> EventItem.of(Samples.ALICE, part));
            }
            assertThrows(
                    InvalidEventException.class,
                    () -> EventItem.of(Samples.ALICE, Arrays.copyOf(whole, whole.length + 1)));
        }
    }

    @Test
    void aHostileLengthAllocatesNothing() {
        for (long length : new long[] {Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, -1, 1L << 40}) {
            AvroWriter out = EventItem.SCHEMAS.begin(16);
            out.number(length);
            byte[] event = out.toArray();
            assertThrows(InvalidEventException.class, () -> EventItem.of(Samples.ALICE, event));
            AvroWriter status = ExecutorStatusCodec.SCHEMAS.begin(16);
            status.text("x");
            status.number(0);
            status.number(1);
            status.number(length);
            byte[] agents = status.toArray();
            assertThrows(InvalidEventException.class, () -> ExecutorStatusCodec.decode(agents));
        }
    }

    @Test
    void anotherUsersRecordIsRefused() {
        byte[] stored = Samples.stored(Samples.all().get(0).event());
        InvalidEventException refusal =
                assertThrows(InvalidEventException.class, () -> EventItem.of(UserKey.of("bob"), stored));
        assertTrue(refusal.getMessage().contains("key"));
        assertThrows(InvalidEventException.class, () -> EventCodec.decode(UserKey.of("alic"), stored));
        byte[] command =
                CommandCodec.encode(new RunCancel(new CommandHeader("c", Samples.ALICE, "t", "r", Instant.EPOCH)));
        assertThrows(InvalidEventException.class, () -> CommandCodec.decode(UserKey.of("bob"), command));
    }

    @Test
    void theRefusalSaysWhatIsWrong() {
        byte[] stored = Samples.stored(Samples.all().get(0).event());
        assertEquals("empty record", refusal(new byte[0]));
        assertEquals("truncated record", refusal(Arrays.copyOf(stored, 5)));
        byte[] marker = stored.clone();
        marker[0] = 0;
        assertEquals("not an Avro single-object record", refusal(marker));
        byte[] unknown = stored.clone();
        Arrays.fill(unknown, 2, 10, (byte) 0x11);
        assertEquals("unknown schema fingerprint 1111111111111111", refusal(unknown));
    }

    @Test
    void aBodyThatWouldSpoilTheFrameIsRefused() {
        for (String body : List.of(
                "",
                "{",
                "{}}",
                "[]",
                "null",
                "{\"a\":1,\"a\":2}",
                "{\"delta\":\"x\"}",
                "{\"type\":\"X\"}",
                "{a:1}",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "{\"a\":\"\n\"}",
                "{\"a\":1e99999999999}",
                "{\"a\":" + "1".repeat(1001) + "}",
                "{\"timestamp\":2}",
                "{\"a\":{\"b\":1,\"b\":1}}",
                "{}\u0000",
                "\ufeff{}",
                "{\"a\":\"\\x\"}",
                "{\"a\":1,}")) {
            byte[] value = withBody(body);
            assertThrows(InvalidEventException.class, () -> EventItem.of(Samples.ALICE, value), body);
        }
    }

    @Test
    void aForeignProducersBodyIsBroughtIntoTheOneForm() {
        byte[] value = withBody(" {\n\t\"a\" : [ 1.50 , \"\\u0041\\u00e9\\/\\ud83d\" ] ,\"content\":{} } ");
        assertTrue(Samples.itemText(value).endsWith(",\"delta\":\"d\",\"a\":[1.50,\"Aé/\\ud83d\"],\"content\":{}}}"));
        assertArrayEquals(
                EventItem.of(Samples.ALICE, value).json(),
                EventItem.of(Samples.ALICE, value).json());
    }

    private static byte[] withBody(String body) {
        AvroWriter out = EventItem.SCHEMAS.begin(64);
        out.text("e");
        out.text("alice");
        out.text("t");
        out.absent();
        out.absent();
        out.text("X");
        out.number(1);
        for (int column = 0; column < EventColumns.COUNT; column++) {
            out.optionalText(column == EventColumns.DELTA ? "d" : null);
        }
        out.optionalText(body);
        out.absent();
        return out.toArray();
    }

    private static String refusal(byte[] value) {
        return assertThrows(InvalidEventException.class, () -> EventItem.of(Samples.ALICE, value))
                .getMessage();
    }

    private static void fuzz(Random random, List<byte[]> seeds, Consumer<byte[]> reader) {
        for (int round = 0; round < 60_000; round++) {
            byte[] value = seeds.get(random.nextInt(seeds.size())).clone();
            int changes = 1 + random.nextInt(3);
            for (int i = 0; i < changes; i++) {
                int at = SingleObject.HEADER + random.nextInt(value.length - SingleObject.HEADER);
                value[at] =
                        random.nextBoolean() ? (byte) random.nextInt() : (byte) (value[at] ^ 1 << random.nextInt(8));
            }
            if (random.nextInt(8) == 0) {
                value = Arrays.copyOf(value, random.nextInt(value.length + 8));
            }
            try {
                reader.accept(value);
            } catch (RuntimeException e) {
                if (!(e instanceof InvalidEventException)) {
                    fail("seed " + SEED + ", round " + round, e);
                }
            }
        }
    }
}
