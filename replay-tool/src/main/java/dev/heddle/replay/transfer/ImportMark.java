package dev.heddle.replay.transfer;

import dev.heddle.event.Sha256;
import dev.heddle.replay.log.LogConsumer;
import dev.heddle.replay.log.PartitionSweep;
import dev.heddle.replay.output.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * The mark of the file that imported records come from. Each record carries in the header {@value #HEADER} the first
 * half of the file's SHA-256 (16 bytes) and its number in the file (8, big-endian), so that an import can tell from the
 * log alone which records are there already. Edges and other tools ignore it.
 */
public final class ImportMark {
    private static final String HEADER = "heddle.import";
    private static final int FILE_BYTES = 16;
    private static final int BYTES = FILE_BYTES + Long.BYTES;

    private final byte[] file;

    private ImportMark(byte[] file) {
        this.file = file;
    }

    /** The mark of a file's content. */
    public static ImportMark of(Path file) throws IOException {
        MessageDigest sha = Sha256.digest();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return new ImportMark(Arrays.copyOf(sha.digest(), FILE_BYTES));
    }

    /** The header of a record with this number in the file. */
    List<Header> header(long number) {
        return List.of(new RecordHeader(
                HEADER, ByteBuffer.allocate(BYTES).put(file).putLong(number).array()));
    }

    /** The number of a record in this file; -1 if it comes from elsewhere. */
    private long number(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(HEADER);
        byte[] value = header == null ? null : header.value();
        return value != null && value.length == BYTES && Arrays.equals(value, 0, FILE_BYTES, file, 0, FILE_BYTES)
                ? ByteBuffer.wrap(value).getLong(FILE_BYTES)
                : -1;
    }

    /** Reads the part of this file that is in the log already. */
    public Imported in(LogConsumer log, Progress progress) {
        Imported imported = new Imported(log.topic().generation().partitions());
        PartitionSweep.of(log).each(log.extents(log.allPartitions()), (reader, offsets) -> {
            reader.scan(offsets, record -> {
                progress.add(1);
                imported.take(record.partition(), number(record));
                return true;
            });
            return offsets;
        });
        return imported;
    }

    /**
     * The part of a file that is in a log already: the last number in each partition. All earlier ones of that
     * partition are there too, because a partition keeps the file's order.
     */
    public static final class Imported {
        private final long[] last;
        private final AtomicLong count = new AtomicLong();
        private final AtomicLong others = new AtomicLong();

        private Imported(int partitions) {
            last = new long[partitions];
            Arrays.fill(last, -1);
        }

        private void take(int partition, long number) {
            if (number < 0) {
                others.incrementAndGet();
            } else {
                last[partition] = Math.max(last[partition], number); // one thread a partition
                count.incrementAndGet();
            }
        }

        /** The number of the file's records in the log. */
        public long count() {
            return count.get();
        }

        /** The number of other records in the log. */
        public long others() {
            return others.get();
        }

        int partitions() {
            return last.length;
        }

        boolean has(int partition, long number) {
            return number <= last[partition];
        }
    }
}
