package dev.heddle.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A way to damage one record batch in a broker's segment file, as a failing disk does. Brokers do not check a batch again when it is
 * fetched, so a running one serves it as it is.
 */
public enum BatchDamage {
    /** One byte at the end of the last record is flipped: the checksum is wrong. */
    PAYLOAD {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            flip(file, batch.position() + batch.size() - 2);
        }
    },
    /** The checksum itself is flipped. */
    CHECKSUM {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            flip(file, batch.position() + CHECKSUM_AT);
        }
    },
    /** The batch says that it has a format which nobody knows. */
    MAGIC {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            flip(file, batch.position() + MAGIC_AT);
        }
    },
    /** The batch says that it is shorter than its own header. */
    LENGTH_TOO_SHORT {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            writeInt(file, batch.position() + LENGTH_AT, 3);
        }
    },
    /** The batch says that it is longer than its file. */
    LENGTH_TOO_LONG {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            writeInt(file, batch.position() + LENGTH_AT, 1 << 30);
        }
    },
    /** All of the batch is zeros, as after a hole in a file. */
    ZEROS {
        @Override
        void apply(FileChannel file, Batch batch) throws IOException {
            file.write(ByteBuffer.allocate((int) batch.size()), batch.position());
        }
    };

    private static final int LENGTH_AT = 8;
    private static final int MAGIC_AT = 16;
    private static final int CHECKSUM_AT = 17;
    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int HEADER_BYTES = 61;
    private static final int BEFORE_LENGTH_COUNTS = 12;

    /** Where a batch lies in its file, and which offsets it has. */
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
