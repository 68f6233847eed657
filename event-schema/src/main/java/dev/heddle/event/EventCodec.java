package dev.heddle.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of an event: Avro single-object encoding of {@code AgentEvent.avsc}. It is exact for every JSON
 * object with a type and a safe timestamp: decoding gives an equal object, with unknown fields and types, exact numbers
 * and unpaired surrogates. Stateless.
 */
public final class EventCodec {
    private EventCodec() {}

    /**
     * Encodes an event to its stored form.
     *
     * @throws InvalidEventException if the event holds what is not JSON (a NaN, a Java object) or is nested too deeply
     */
    public static byte[] encode(AgentEvent event) {
        return encode(event, new DeltaFields());
    }

    /** Encodes an event, and notes the positions of the fields in which one delta differs from the next. */
    static byte[] encode(AgentEvent event, DeltaFields at) {
        Envelope envelope = event.envelope();
        ObjectNode fields = event.event();
        AvroWriter out = EventItem.SCHEMAS.begin(256);
        out.text(envelope.eventId());
        at.idEnd = out.length;
        out.utf8(envelope.user().utf8());
        out.text(envelope.threadId());
        out.optionalText(envelope.agentId());
        run(envelope.run(), out, at);
        out.text(event.type());
        at.timeStart = out.length;
        out.number(event.timestamp());
        at.timeEnd = out.length;
        int inColumns = EventColumns.ALWAYS;
        for (int column = 0; column < EventColumns.COUNT; column++) {
            JsonNode value = fields.get(EventColumns.NAMES.get(column));
            if (value != null && value.isTextual() && Utf8.isWellFormed(value.textValue())) {
                inColumns |= 1 << column;
                out.present();
                out.text(value.textValue());
                if (column == EventColumns.DELTA) {
                    at.textEnd = out.length;
                }
            } else {
                out.absent();
            }
        }
        JsonNode metadata = fields.get(EventColumns.METADATA);
        if (metadata != null && metadata.isObject()) {
            inColumns |= EventColumns.bit(EventColumns.METADATA);
            body(fields, inColumns, out);
            out.present();
            out.utf8(JsonBytes.bytesOf(metadata));
        } else {
            body(fields, inColumns, out);
            out.absent();
        }
        return out.toArray();
    }

    private static void run(@Nullable RunPlace run, AvroWriter out, DeltaFields at) {
        if (run == null) {
            out.absent();
        } else {
            out.present();
            out.text(run.runId());
            at.numberStart = out.length;
            out.number(run.runSeq());
            at.numberEnd = out.length;
            out.number(run.attempt());
        }
    }

    /** Writes the column {@code body}: every field that has no column, or does not fit into it. */
    private static void body(ObjectNode fields, int inColumns, AvroWriter out) {
        JsonBytes body = null;
        for (Map.Entry<String, JsonNode> field : fields.properties()) {
            String name = field.getKey();
            if ((EventColumns.bit(name) & inColumns) != 0) {
                continue;
            }
            if (body == null) {
                body = new JsonBytes(256);
                body.add('{');
            } else {
                body.add(',');
            }
            body.name(name);
            body.tree(field.getValue(), 1);
        }
        if (body == null) {
            out.absent();
        } else {
            body.add('}');
            out.present();
            out.number(body.length);
            out.add(body.bytes, 0, body.length);
        }
    }

    /**
     * Decodes a stored event to a tree in its envelope. It reads through {@link EventItem}, so both refuse the same
     * records.
     *
     * @throws InvalidEventException if the record cannot be read, or is not this user's
     */
    public static AgentEvent decode(UserKey recordKey, byte[] value) {
        EventItem item = EventItem.of(recordKey, value);
        String runId = item.runId();
        RunPlace run = runId == null ? null : new RunPlace(runId, item.runSeq(), item.attempt());
        Envelope envelope = new Envelope(item.eventId(), recordKey, item.threadId(), item.agentId(), run);
        return new AgentEvent(envelope, Json.parseObject(item.eventJson()));
    }

    /** The Avro schema of stored events. */
    public static Schema schema() {
        return EventItem.SCHEMAS.current();
    }

    /**
     * The Avro record of a stored event, in the binary encoding of {@link #schema()}, without the header of the
     * single-object encoding. A record of an earlier schema is resolved to that one.
     *
     * @throws InvalidEventException if the record has no known schema
     */
    public static ByteBuffer avro(byte[] value) {
        byte[] current = EventItem.SCHEMAS.open(value).bytes;
        return ByteBuffer.wrap(current, SingleObject.HEADER, current.length - SingleObject.HEADER);
    }

    /**
     * The stored form of an Avro record of {@link #schema()}.
     *
     * @throws AvroRuntimeException if the record is of another schema
     */
    public static byte[] encode(GenericRecord record) throws IOException {
        return EventItem.SCHEMAS.encode(record);
    }

    /**
     * The user in the envelope of a stored event, which may be another one than the record's key names.
     *
     * @throws InvalidEventException if the record cannot be read as far as that
     */
    public static UserKey userOf(byte[] value) {
        AvroReader in = EventItem.SCHEMAS.open(value);
        in.readString(); // the event id
        return UserKey.of(in.readText());
    }
}
