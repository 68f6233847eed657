package dev.heddle.event;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertIterableEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heddle.event.Samples.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was released stays readable, in both directions, to the byte. */
class CompatibilityTest {
    private static final HexFormat HEX = HexFormat.of();

    @ParameterizedTest
    @CsvSource({
        "AgentEvent,7a91dbaa301d72ba",
        "AgentCommand,1211a07f7d2523db",
        "ExecutorStatus,dcf20675bf83f2ec",
        "Revocation,701833674a2cb418"
    })
    void aReleasedSchemaNeverChanges(String name, String fingerprint) throws IOException {
        assertEquals(
                fingerprint, Long.toHexString(SchemaNormalization.parsingFingerprint64(schema("released/v1/" + name))));
    }

    @ParameterizedTest
    @CsvSource({"AgentEvent", "AgentCommand", "ExecutorStatus", "Revocation"})
    void currentAndReleasedReadEachOther(String name) throws IOException {
        Schema current = schema(name);
        Schema released = schema("released/v1/" + name);
        assertEquals(SchemaCompatibilityType.COMPATIBLE, compatibility(current, released));
        assertEquals(SchemaCompatibilityType.COMPATIBLE, compatibility(released, current));
    }

    /** On a mismatch the actual lines lie in target/golden, to be looked at and, if they are meant, taken over. */
    @Test
    void recordsAndItemsAreTheGoldenOnes() throws IOException {
        List<String> actual = new ArrayList<>();
        for (Map.Entry<String, byte[]> record : records().entrySet()) {
            byte[] value = record.getValue();
            String item = record.getKey().startsWith("AgentEvent") ? " " + Samples.itemText(value) : "";
            actual.add(record.getKey() + " " + HEX.formatHex(value) + item);
        }
        Path file = Path.of("target", "golden", "v1.txt");
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.write(file, actual);
        assertIterableEquals(Samples.lines("/golden/v1.txt").toList(), actual);
    }

    /** Avro's own reader, with the released schema, understands what this version writes. */
    @Test
    void anOldReaderReadsWhatIsWrittenNow() throws IOException {
        for (Map.Entry<String, byte[]> record : records().entrySet()) {
            String name = record.getKey().substring(0, record.getKey().indexOf('/'));
            byte[] value = record.getValue();
            GenericRecord read = new GenericDatumReader<GenericRecord>(schema(name), schema("released/v1/" + name))
                    .read(null, DecoderFactory.get().binaryDecoder(value, 10, value.length - 10, null));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema(name)).encode(read, out);
            assertArrayEquals(out.toByteArray(), value, record.getKey());
        }
    }

    @Test
    void whatAnotherSchemaWroteIsResolved() throws IOException {
        Schema current = schema("AgentEvent");
        String text = current.toString()
                .replace(
                        "{\"name\":\"code\",\"type\":[\"null\",\"string\"],\"doc\":\"AG-UI: of an error.\",\"default\":null},",
                        "")
                .replace(
                        "\"name\":\"eventId\"",
                        "\"name\":\"tenant\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"eventId\"");
        Schema old = new Schema.Parser().parse(text);
        assertEquals(current.getFields().size(), old.getFields().size());
        GenericRecord record = new GenericData.Record(old);
        for (Schema.Field field : old.getFields()) {
            if (field.defaultVal() == null) {
                record.put(field.name(), field.schema().getType() == Schema.Type.LONG ? (Object) 5L : "alice");
            }
        }
        record.put("tenant", "acme");
        record.put("delta", "hi");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new BinaryMessageEncoder<GenericRecord>(GenericData.get(), old).encode(record, out);
        byte[] value = out.toByteArray();

        assertThrows(InvalidEventException.class, () -> EventItem.of(Samples.ALICE, value));
        SingleObject knowing = new SingleObject(current, List.of(old));
        EventItem item = EventItem.read(knowing.open(value), Samples.ALICE);
        assertEquals(
                "{\"eventId\":\"alice\",\"threadId\":\"alice\",\"event\":{\"type\":\"alice\",\"timestamp\":5,\"delta\":\"hi\"}}",
                new String(item.json(), StandardCharsets.UTF_8));
        for (int cut = 0; cut < value.length; cut++) {
            byte[] part = Arrays.copyOf(value, cut);
            assertThrows(InvalidEventException.class, () -> EventItem.read(knowing.open(part), Samples.ALICE));
        }
    }

    private static Map<String, byte[]> records() {
        Map<String, byte[]> records = new LinkedHashMap<>();
        for (Sample sample : Samples.all()) {
            records.put("AgentEvent/" + sample.type(), Samples.stored(sample.event()));
        }
        records.put(
                "AgentEvent/outside",
                EventCodec.encode(new AgentEvent(
                        Samples.ENVELOPE.withRun(null).withAgent(null),
                        Samples.event("{\"type\":\"FUTURE\",\"timestamp\":1,\"x\":[1.0,\"\\ud83d\"]}"))));
        CommandHeader header =
                new CommandHeader("cmd-1", Samples.ALICE, "t1", "r1", Instant.ofEpochMilli(1_767_225_600_000L));
        records.put(
                "AgentCommand/start",
                CommandCodec.encode(new RunStart(header, "echo", Samples.event("{\"messages\":[],\"state\":null}"))));
        records.put(
                "AgentCommand/resume",
                CommandCodec.encode(new RunResume(
                        header, Json.parseArray("[{\"interruptId\":\"i\",\"status\":\"resolved\",\"payload\":1.0}]"))));
        records.put("AgentCommand/cancel", CommandCodec.encode(new RunCancel(header)));
        records.put(
                "ExecutorStatus/two",
                ExecutorStatusCodec.encode(new ExecutorStatus(
                        "x1",
                        Instant.ofEpochMilli(1_767_225_600_000L),
                        Duration.ofSeconds(10),
                        List.of(
                                new AgentOffer("echo", Availability.AVAILABLE, "says it again", 0),
                                new AgentOffer("planner", Availability.BUSY, null, 7)))));
        records.put("Revocation/one", RevocationCodec.encode(Instant.ofEpochMilli(1_767_225_600_000L)));
        return records;
    }

    private static SchemaCompatibilityType compatibility(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getType();
    }

    private static Schema schema(String name) throws IOException {
        try (var in =
                Objects.requireNonNull(CompatibilityTest.class.getResourceAsStream("/schemas/" + name + ".avsc"))) {
            Schema schema = new Schema.Parser().parse(in);
            assertFalse(schema.getFields().isEmpty());
            return schema;
        }
    }
}
