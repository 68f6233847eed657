package dev.heddle.replay.transfer;

import dev.heddle.event.InvalidEventException;
import dev.heddle.replay.log.ReplayException;
import dev.heddle.replay.output.Progress;
import java.io.IOException;
import java.util.List;

/** Events on their way from a file into a log, in the file's order. For one thread. */
public final class LogImport {
    private LogImport() {}

    /**
     * Appends all events of a file; how many.
     *
     * @throws ReplayException that names the place in the file of what is no event; what stands before it is appended
     */
    public static long copy(EventFile.Reader from, LogWriter to, Progress progress) throws IOException {
        long count = 0;
        try {
            for (EventFile.Imported next = from.next(); next != null; next = from.next()) {
                to.put(next.user(), next.value().bytes(), List.of());
                count++;
                progress.add(1);
            }
        } catch (InvalidEventException e) {
            to.flush();
            throw new ReplayException(
                    from.place() + " is not an event: " + e.getMessage() + "; the " + count + " before it are appended",
                    e);
        }
        to.flush();
        return count;
    }
}
