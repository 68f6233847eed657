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

    /**
     * Appends the events of a checked file that the log lacks; returns their number.
     *
     * @param imported the part of the file that is in the log already
     */
    public static long copy(
            EventFile.Reader from, LogWriter to, ImportMark mark, ImportMark.Imported imported, Progress progress)
            throws IOException {
        long number = 0;
        long count = 0;
        for (EventFile.Imported next = from.next(); next != null; next = from.next()) {
            int partition = Partitioning.partitionOf(next.user(), imported.partitions());
            if (!imported.has(partition, number)) {
                to.put(next.user(), next.value().bytes(), mark.header(number));
                count++;
            }
            number++;
            progress.add(1);
        }
        to.flush();
        return count;
    }
}
