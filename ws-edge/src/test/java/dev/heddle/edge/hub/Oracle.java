package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is right: reads the log itself, whole and without any of the hub's code, and compares.
 *
 * <p>The comparison is the promise in its strictest form: the events of a frame are exactly the user's events in the
 * log between the cursor before the frame and the cursor of the frame.
 */
final class Oracle {
    private final InMemoryEventLog log;

    Oracle(InMemoryEventLog log) {
        this.log = log;
    }

    void judge(UserKey user, Cursor before, Cursor after, List<LogRecord> got) {
        for (LogRecord record : got) {
            if (!record.user().equals(user)) {
                throw new BrokenPromise(
                        Promise.NOBODY_ELSES,
                        user.value() + " got an event of " + record.user().value());
            }
        }
        long from = before.position().offset();
        long to = after.position().offset();
        if (to < from) {
            throw new BrokenPromise(Promise.NOTHING_TWICE, "the cursor went back from " + from + " to " + to);
        }
        List<Long> expected = offsetsOf(user, after.partition(), from, to);
        List<Long> actual = got.stream().map(LogRecord::offset).toList();
        if (!actual.equals(expected)) {
            throw new BrokenPromise(broken(expected, actual), "expected " + expected + ", got " + actual);
        }
    }

    private static Promise broken(List<Long> expected, List<Long> actual) {
        if (actual.size() != actual.stream().distinct().count()) {
            return Promise.NOTHING_TWICE;
        }
        if (actual.stream().sorted().toList().equals(expected)) {
            return Promise.ORDER;
        }
        return actual.containsAll(expected) ? Promise.NOTHING_TWICE : Promise.NOTHING_LOST;
    }

    /** The offsets of a user's readable events in a range. */
    List<Long> offsetsOf(UserKey user, int partition, long from, long to) {
        List<Long> offsets = new ArrayList<>();
        Map<Long, InMemoryEventLog.Stored> range = log.part(partition).told.subMap(from, to);
        range.forEach((offset, record) -> {
            if (record.user().equals(user) && isReadable(record)) {
                offsets.add(offset);
            }
        });
        return offsets;
    }

    private static boolean isReadable(InMemoryEventLog.Stored record) {
        try {
            record.read().item();
            return true;
        } catch (InvalidEventException e) {
            return false;
        }
    }

    /** A session that has nothing on its way and nothing to wait for has told everything. */
    void judgeAtRest(UserKey user, Cursor cursor, long end) {
        List<Long> untold =
                offsetsOf(user, cursor.partition(), cursor.position().offset(), end);
        if (!untold.isEmpty()) {
            throw new BrokenPromise(Promise.NOTHING_LOST, user.value() + " was never told " + untold);
        }
    }

    /** What {@code hello} must say to a cursor. */
    void judgeResume(String cursor, UserKey user, Start start) {
        Resume told = start.resume();
        InMemoryEventLog.Part part = log.part(start.partition());
        Cursor asked;
        try {
            asked = Cursor.parse(cursor);
        } catch (dev.heddle.event.MalformedCursorException e) {
            expectReset(told, Resume.Reason.MALFORMED);
            return;
        }
        if (!asked.belongsTo(user)) {
            expectReset(told, Resume.Reason.FOREIGN);
        } else if (!asked.generation().equals(log.generation())) {
            expectReset(told, Resume.Reason.GENERATION);
        } else if (asked.position().offset() < part.start) {
            expectReset(told, Resume.Reason.RETENTION);
        } else if (asked.position().offset() > part.end || isCut(part, asked)) {
            expectReset(told, Resume.Reason.TRUNCATED);
        } else if (!(told instanceof Resume.Resumed) || !start.cursor().equals(asked)) {
            throw new BrokenPromise(Promise.HONEST_RESUME, "a good cursor was told " + told);
        }
    }

    private static boolean isCut(InMemoryEventLog.Part part, Cursor asked) {
        int epoch = asked.position().leaderEpoch();
        Map.Entry<Integer, Long> next = epoch < 0 ? null : part.epochStarts.higherEntry(epoch);
        return next != null && asked.position().offset() > next.getValue();
    }

    private static void expectReset(Resume told, Resume.Reason reason) {
        if (!(told instanceof Resume.Reset reset) || reset.reason() != reason) {
            throw new BrokenPromise(Promise.HONEST_RESUME, "expected reset for " + reason + ", told " + told);
        }
    }
}
