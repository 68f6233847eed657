package dev.heddle.event;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Avro's single-object encoding of one kind of record: two bytes of marker, the CRC-64-AVRO fingerprint of the writer's
 * schema (little endian), then the record. It knows the current schema and every released one; a record of an old
 * schema is resolved to the current one. Immutable.
 */
final class SingleObject {
    /** The bytes of marker and fingerprint. */
    static final int HEADER = 10;

    private static final short MARKER = (short) 0x01C3;

    private final Schema current;
    private final long fingerprint;
    private final Map<Long, Schema> released = new HashMap<>();

    SingleObject(Schema current, List<Schema> released) {
        this.current = current;
        this.fingerprint = SchemaNormalization.parsingFingerprint64(current);
        for (Schema schema : released) {
            this.released.put(SchemaNormalization.parsingFingerprint64(schema), schema);
        }
    }

    /** Loads the schema of this name from the resources, and its released versions. */
    static SingleObject load(String name, int... versions) {
        List<Schema> released = Arrays.stream(versions)
                .mapToObj(version -> schema("/schemas/released/v" + version + "/" + name + ".avsc"))
                .toList();
        return new SingleObject(schema("/schemas/" + name + ".avsc"), released);
    }

    private static Schema schema(String resource) {
        try (InputStream in = SingleObject.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + resource);
            }
            return new Schema.Parser().parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Schema current() {
        return current;
    }

    /** A writer positioned behind the header. */
    AvroWriter begin(int capacity) {
        AvroWriter out = new AvroWriter(HEADER + capacity);
        header(out.bytes, fingerprint);
        out.length = HEADER;
        return out;
    }

    /** A reader of the record in the current schema, for a record of any version. */
    AvroReader open(byte[] value) {
        if (value.length < HEADER) {
            throw value.length == 0 ? new InvalidEventException("empty record") : AvroReader.truncated();
        }
        ByteBuffer header = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        if (header.getShort() != MARKER) {
            throw new InvalidEventException("not an Avro single-object record");
        }
        long writer = header.getLong();
        return new AvroReader(writer == fingerprint ? value : resolved(writer, value), HEADER);
    }

    private byte[] resolved(long writer, byte[] value) {
        Schema schema = released.get(writer);
        if (schema == null) {
            throw new InvalidEventException("unknown schema fingerprint " + Long.toHexString(writer));
        }
        AvroReader check = new AvroReader(value, HEADER);
        AvroSkipper.skip(schema, check);
        check.expectEnd();
        try {
            GenericRecord old = new GenericDatumReader<GenericRecord>(schema, current)
                    .read(null, DecoderFactory.get().binaryDecoder(value, HEADER, value.length - HEADER, null));
            return encode(old);
        } catch (IOException | AvroRuntimeException e) {
            throw new InvalidEventException("not Avro: cannot be resolved to the current schema", e);
        }
    }

    /** The encoding of a record of the current schema. */
    byte[] encode(GenericRecord record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        byte[] header = new byte[HEADER];
        header(header, fingerprint);
        out.write(header);
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(current).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    private static void header(byte[] into, long fingerprint) {
        ByteBuffer.wrap(into).order(ByteOrder.LITTLE_ENDIAN).putShort(MARKER).putLong(fingerprint);
    }
}
