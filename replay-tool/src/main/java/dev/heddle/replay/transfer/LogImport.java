package dev.heddle.replay.transfer;

import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Partitioning;
import dev.heddle.replay.log.ReplayException;
import dev.heddle.replay.output.Progress;
import java.io.IOException;

/** The import of events from a file to a log, in the file's order. For one thread. */
public final class LogImport {
    private LogImport() {}

    /**
     * Reads a whole file before anything is appended, so that a faulty one is refused as a whole; returns its number of
     * events.
     *
     * @throws ReplayException that names the position of an invalid event in the file
     */
    public static long check(EventFile.Reader from) throws IOException {
        long count = 0;
        try {
            while (from.next() != null) {
                count++;
            }
        } catch (InvalidEventException e) {
            throw new ReplayException(
                    from.place() + " is not an event: " + e.getMessage() + "; nothing is appended", e);
        }
        return count;
    }

    /** Appends the events of a checked file that the log lacks; returns their number. */
    public static long copy(EventFile.Reader from, LogWriter to, Done done) throws IOException {
        long number = 0;
        long count = 0;
        for (EventFile.Imported next = from.next(); next != null; next = from.next()) {
            int partition =
                    Partitioning.partitionOf(next.user(), done.imported().partitions());
            if (!done.imported().has(partition, number)) {
                to.put(next.user(), next.value().bytes(), done.mark().header(number));
                count++;
            }
            number++;
            done.progress().add(1);
        }
        to.flush();
        return count;
    }

    /**
     * The state from which an import continues.
     *
     * @param mark which file it is
     * @param imported what of it is in the log already
     */
    public record Done(ImportMark mark, ImportMark.Imported imported, Progress progress) {}
}
