package dev.heddle.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A way to damage one record batch in a broker's segment file, as a failing disk does. Brokers do not check a batch
 * again when it is fetched, so a running broker serves the damaged batch.
 */
public enum BatchDamage {
    /** One byte at the end of the last record is inverted, so the checksum is wrong. */
    PAYLOAD {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            flip(file, batch.position() + batch.size() - 2);
        }
    },
    /** The checksum's first byte is inverted. */
    CHECKSUM {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            flip(file, batch.position() + CHECKSUM_AT);
        }
    },
    /** The batch's header names gzip although its records are not compressed; its checksum is right. */
    COMPRESSION {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            ByteBuffer attributes = ByteBuffer.allocate(Short.BYTES);
            file.read(attributes, batch.position() + ATTRIBUTES_AT);
            short without = (short) (attributes.getShort(0) & ~COMPRESSION_BITS);
            attributes.putShort(0, (short) (without | GZIP)).rewind();
            file.write(attributes, batch.position() + ATTRIBUTES_AT);
            seal(file, batch);
        }
    },
    /** The records are garbage, as from a writer with a bug; the checksum is right. */
    RECORDS {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            byte[] noise = new byte[(int) batch.size() - HEADER_BYTES];
            Arrays.fill(noise, (byte) 0x7F);
            file.write(ByteBuffer.wrap(noise), batch.position() + HEADER_BYTES);
            seal(file, batch);
        }
    },
    /** The batch's header names an unknown format. */
    MAGIC {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            flip(file, batch.position() + MAGIC_AT);
        }
    },
    /**
     * The batch's header names an unknown format, and a broker reads it as a compressed batch of the oldest format and
     * answers with an error that consumers do not expect.
     */
    MAGIC_COMPRESSED {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            flip(file, batch.position() + MAGIC_AT);
            file.write(ByteBuffer.allocate(1).put(0, (byte) GZIP), batch.position() + CHECKSUM_AT);
        }
    },
    /** The batch's length is less than its header's. */
    LENGTH_TOO_SHORT {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            writeInt(file, batch.position() + LENGTH_AT, 3);
        }
    },
    /** The batch's length is greater than its file's. */
    LENGTH_TOO_LONG {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            writeInt(file, batch.position() + LENGTH_AT, 1 << 30);
        }
    },
    /** Every byte of the batch is zero, as after a hole in a file. */
    ZEROS {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            file.write(ByteBuffer.allocate((int) batch.size()), batch.position());
        }
    },
    /** The file ends in the middle of the batch, as after a machine's crash; only for a stopped broker. */
    CUT {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            file.truncate(batch.position() + HEADER_BYTES);
        }
    };

    private static final int LENGTH_AT = 8;
    private static final int MAGIC_AT = 16;
    private static final int CHECKSUM_AT = 17;
    private static final int ATTRIBUTES_AT = 21;
    private static final int COMPRESSION_BITS = 7;
    private static final int GZIP = 1;
    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int HEADER_BYTES = 61;
    private static final int BEFORE_LENGTH_COUNTS = 12;

    /** A batch's position and size in its file in bytes, and its first and last offset. */
    record Batch(long position, long size, long firstOffset, long lastOffset) {}

    abstract void apply(FileChannel file, Batch batch) throws IOException;

    private static void flip(FileChannel file, long position) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        file.read(one, position);
        one.put(0, (byte) ~one.get(0)).rewind();
        file.write(one, position);
    }

    private static void writeInt(FileChannel file, long position, int value) throws IOException {
        file.write(ByteBuffer.allocate(Integer.BYTES).putInt(0, value), position);
    }

    /**
     * Deletes the marks of a clean shutdown below a cluster's directory, so that its brokers check their files at the
     * next start.
     */
    static void forgetOrderlyEnd(Path data) {
        try (Stream<Path> tree = Files.walk(data, 2)) {
            List<Path> notes = tree.filter(path ->
                            path.endsWith(".kafka_cleanshutdown") || path.endsWith("recovery-point-offset-checkpoint"))
                    .toList();
            for (Path each : notes) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the checksum of the batch's present content. */
    private static void seal(FileChannel file, Batch batch) throws IOException {
        ByteBuffer covered = ByteBuffer.allocate((int) batch.size() - ATTRIBUTES_AT);
        file.read(covered, batch.position() + ATTRIBUTES_AT);
        CRC32C checksum = new CRC32C();
        checksum.update(covered.rewind());
        writeInt(file, batch.position() + CHECKSUM_AT, (int) checksum.getValue());
    }

    /** Damages the batch that holds the offset in each copy of the partition below a cluster's directory. */
    void apply(Path data, String partition, long offset) {
        int damaged = 0;
        try (Stream<Path> tree = Files.walk(data, 2)) {
            List<Path> segments = tree.filter(path -> path.endsWith(partition))
                    .flatMap(BatchDamage::segmentsIn)
                    .toList();
            for (Path segment : segments) {
                damaged += applyTo(segment, offset);
            }
        } catch (IOException e) {
            throw new AssertionError("a segment of " + partition + " could not be damaged", e);
        }
        if (damaged == 0) {
            throw new AssertionError("no batch of " + partition + " holds offset " + offset);
        }
    }

    private static Stream<Path> segmentsIn(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".log")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int applyTo(Path segment, long offset) throws IOException {
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long position = 0;
            while (position + HEADER_BYTES <= file.size()) {
                Batch batch = batchAt(file, position);
                if (batch.firstOffset() <= offset && offset <= batch.lastOffset()) {
                    apply(file, batch);
                    return 1;
                }
                if (batch.size() <= BEFORE_LENGTH_COUNTS) {
                    return 0;
                }
                position += batch.size();
            }
            return 0;
        }
    }

    private static Batch batchAt(FileChannel file, long position) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        file.read(header, position);
        long first = header.getLong(0);
        return new Batch(
                position,
                BEFORE_LENGTH_COUNTS + (long) header.getInt(LENGTH_AT),
                first,
                first + header.getInt(LAST_OFFSET_DELTA_AT));
    }
}
