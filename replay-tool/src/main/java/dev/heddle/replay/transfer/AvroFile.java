package dev.heddle.replay.transfer;

import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Files of {@link FileFormat#avro}: an object container file, deflated, of {@code AgentEvent}s as the log stores them.
 */
final class AvroFile {
    private static final int HEADER = 10;
    private static final short MARKER = (short) 0x01C3;
    private static final int DEFLATE = 6;
    private static final Schema SCHEMA = schema();
    private static final long FINGERPRINT = SchemaNormalization.parsingFingerprint64(SCHEMA);

    private AvroFile() {}

    private static Schema schema() {
        try (InputStream in = EventItem.class.getResourceAsStream("/schemas/AgentEvent.avsc")) {
            if (in == null) {
                throw new IllegalStateException("AgentEvent.avsc is not among the resources");
            }
            return new Schema.Parser().parse(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A writer of one Avro record for each event. */
    static final class Records implements EventFile.Writer {
        private final DataFileWriter<GenericRecord> out;

        Records(OutputStream out) throws IOException {
            DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>(SCHEMA));
            this.out = writer.setCodec(CodecFactory.deflateCodec(DEFLATE)).create(SCHEMA, out);
        }

        /** Writes the stored bytes as they are if they have the present schema, or else converts them to it. */
        @Override
        public void write(EventFile.Exported event) throws IOException {
            byte[] value = event.value().bytes();
            ByteBuffer header = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
            if (header.getShort() == MARKER && header.getLong() == FINGERPRINT) {
                out.appendEncoded(ByteBuffer.wrap(value, HEADER, value.length - HEADER));
            } else {
                byte[] today = StoredEvent.of(event.user(), Json.parseObject(event.item()))
                        .bytes();
                out.appendEncoded(ByteBuffer.wrap(today, HEADER, today.length - HEADER));
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /** A reader of one event from each Avro record. */
    static final class Reading implements EventFile.Reader {
        private final DataFileStream<GenericRecord> in;
        private long number;

        Reading(InputStream in) throws IOException {
            try {
                this.in = new DataFileStream<>(in, new GenericDatumReader<>(null, SCHEMA));
            } catch (AvroRuntimeException e) {
                throw new InvalidEventException("not an Avro file of events: " + e.getMessage(), e);
            }
        }

        @Override
        public EventFile.@Nullable Imported next() throws IOException {
            number++;
            try {
                if (!in.hasNext()) {
                    return null;
                }
                GenericRecord record = in.next();
                UserKey user = UserKey.of(record.get("userKey").toString());
                StoredEvent stored = new StoredEvent(singleObject(record));
                EventItem.of(user, stored.bytes()); // refuses what no edge could read
                return new EventFile.Imported(user, stored);
            } catch (AvroRuntimeException e) {
                throw new InvalidEventException("not an event: " + e.getMessage(), e);
            }
        }

        private static byte[] singleObject(GenericRecord record) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
            bytes.write(ByteBuffer.allocate(HEADER)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putShort(MARKER)
                    .putLong(FINGERPRINT)
                    .array());
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(SCHEMA).write(record, encoder);
            encoder.flush();
            return bytes.toByteArray();
        }

        @Override
        public String place() {
            return "record " + number;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
