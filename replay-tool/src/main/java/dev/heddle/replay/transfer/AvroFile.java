package dev.heddle.replay.transfer;

import dev.heddle.event.EventCodec;
import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Files of {@link FileFormat#avro}: an object container file, deflated, of {@code AgentEvent}s as the log stores them.
 */
final class AvroFile {
    private static final int DEFLATE = 6;
    private static final Schema SCHEMA = EventCodec.schema();

    private AvroFile() {}

    /** A writer of one Avro record for each event. */
    static final class Records implements EventFile.Writer {
        private final DataFileWriter<GenericRecord> out;

        Records(OutputStream out) throws IOException {
            DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>(SCHEMA));
            this.out = writer.setCodec(CodecFactory.deflateCodec(DEFLATE)).create(SCHEMA, out);
        }

        @Override
        public void write(EventFile.Exported event) throws IOException {
            out.appendEncoded(EventCodec.avro(event.value().bytes()));
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
                StoredEvent stored = new StoredEvent(EventCodec.encode(record));
                EventItem.of(user, stored.bytes()); // refuses what no edge could read
                return new EventFile.Imported(user, stored);
            } catch (AvroRuntimeException e) {
                throw new InvalidEventException("not an event: " + e.getMessage(), e);
            }
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
