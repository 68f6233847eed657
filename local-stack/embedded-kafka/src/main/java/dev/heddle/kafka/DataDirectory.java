package dev.heddle.kafka;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one embedded Kafka, locked for as long as it is open.
 *
 * <p>It holds a marker ({@value #MARKER}: layout, cluster id, number of brokers), a lock file, and a log directory for
 * each broker. A directory that is neither empty nor marked belongs to another program; opening it fails and leaves it
 * unchanged.
 */
final class DataDirectory implements AutoCloseable {
    static final String MARKER = "heddle-kafka.properties";
    static final String LOCK = ".heddle-kafka.lock";

    /**
     * The name prefix of files that are ours even without a marker: the lock file, and a marker not yet moved into
     * place.
     */
    private static final String OURS = ".heddle-kafka";

    private static final String LAYOUT = "1";

    private final Path directory;
    private final FileChannel lockFile;
    private final String clusterId;

    private DataDirectory(Path directory, FileChannel lockFile, String clusterId) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.clusterId = clusterId;
    }

    /** Opens the directory of an earlier run, or sets up a missing or empty one. */
    static DataDirectory open(Path given, int brokers) {
        Path directory = given.toAbsolutePath().normalize();
        try {
            if (Files.exists(directory) && !Files.isDirectory(directory)) {
                throw new EmbeddedKafkaException(directory + " is not a directory");
            }
            Files.createDirectories(directory);
            refuseForeign(directory);
            FileChannel lockFile = lock(directory);
            try {
                return new DataDirectory(directory, lockFile, clusterId(directory, brokers));
            } catch (IOException | RuntimeException e) {
                lockFile.close();
                throw e;
            }
        } catch (IOException e) {
            throw new EmbeddedKafkaException(
                    "data directory " + directory + " cannot be used: " + reason(e, directory), e);
        }
    }

    private static void refuseForeign(Path directory) throws IOException {
        if (Files.exists(directory.resolve(MARKER))) {
            return;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            if (entries.anyMatch(entry -> !entry.getFileName().toString().startsWith(OURS))) {
                throw new EmbeddedKafkaException("data directory " + directory
                        + " is not empty and holds no data of Heddle's: give another one");
            }
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel file =
                FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!locked(file)) {
            file.close();
            throw new EmbeddedKafkaException("data directory " + directory + " is in use by another process");
        }
        return file;
    }

    private static boolean locked(FileChannel file) throws IOException {
        try {
            @Nullable FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static String clusterId(Path directory, int brokers) throws IOException {
        Path marker = directory.resolve(MARKER);
        if (!Files.exists(marker)) {
            return mark(marker, brokers);
        }
        Properties found = new Properties();
        try (Reader reader = Files.newBufferedReader(marker)) {
            found.load(reader);
        } catch (IllegalArgumentException e) {
            throw new EmbeddedKafkaException(marker + " is damaged: " + e.getMessage(), e);
        }
        String layout = found.getProperty("layout", "?");
        if (!layout.equals(LAYOUT)) {
            throw new EmbeddedKafkaException("data directory " + directory + " has layout " + layout
                    + ", this version reads layout " + LAYOUT + ": give another one");
        }
        String kept = found.getProperty("brokers", "?");
        if (!kept.equals(Integer.toString(brokers))) {
            throw new EmbeddedKafkaException("data directory " + directory + " was made for another number of brokers: "
                    + kept + ", not " + brokers);
        }
        String id = found.getProperty("cluster.id");
        if (id == null || id.isBlank()) {
            throw new EmbeddedKafkaException(marker + " is damaged: it has no cluster.id");
        }
        return id;
    }

    /** Writes the marker to a temporary file and moves it, so that a crash leaves either no marker or a whole one. */
    private static String mark(Path marker, int brokers) throws IOException {
        Properties fresh = new Properties();
        String id = Uuid.randomUuid().toString();
        fresh.setProperty("layout", LAYOUT);
        fresh.setProperty("brokers", Integer.toString(brokers));
        fresh.setProperty("cluster.id", id);
        StringWriter text = new StringWriter();
        fresh.store(text, "Heddle's embedded Kafka: do not edit");
        Path aside = marker.resolveSibling(OURS + ".new");
        Files.writeString(aside, text.toString());
        Files.move(aside, marker, StandardCopyOption.ATOMIC_MOVE);
        return id;
    }

    private static String reason(IOException e, Path directory) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason();
        }
        String message = e.getMessage();
        return message == null || message.equals(directory.toString())
                ? e.getClass().getSimpleName()
                : message;
    }

    String clusterId() {
        return clusterId;
    }

    /** The log directory of one broker, created if it is missing. */
    Path ofNode(int node) {
        Path path = directory.resolve("node-" + node);
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw new EmbeddedKafkaException("data directory " + path + " cannot be made: " + reason(e, path), e);
        }
    }

    /** Releases the lock. The lock file stays, because removing it would race with the next owner. */
    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new EmbeddedKafkaException("lock of " + directory + " cannot be given back: " + e.getMessage(), e);
        }
    }
}
