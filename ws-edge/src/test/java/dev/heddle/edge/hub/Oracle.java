package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.MalformedCursorException;
import dev.heddle.event.RunStatus;
import dev.heddle.event.UserKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is right: reads the log itself, whole and without any of the hub's code, and compares.
 *
 * <p>The comparison is the promise in its strictest form: the events of a frame are exactly the user's events in the
 * log between the cursor before the frame and the cursor of the frame, as far as the client wants them.
 */
final class Oracle {
    private final InMemoryEventLog log;
    private final IdentityHashMap<InMemoryEventLog.Stored, Optional<EventItem>> read = new IdentityHashMap<>();

    Oracle(InMemoryEventLog log) {
        this.log = log;
    }

    /** A stretch of the log, as a client sees one. */
    record Between(Cursor before, Cursor after) {}

    void judge(UserKey user, Subscription subscription, Between range, List<LogRecord> got) {
        for (LogRecord record : got) {
            if (!record.user().equals(user) || isOthers(record.item(), user)) {
                throw new BrokenPromise(
                        Promise.NOBODY_ELSES,
                        user.value() + " got an event of " + record.user().value());
            }
        }
        long from = range.before().position().offset();
        long to = range.after().position().offset();
        if (to < from) {
            throw new BrokenPromise(Promise.NOTHING_TWICE, "the cursor went back from " + from + " to " + to);
        }
        List<EventItem> expected = itemsOf(user, range.after().partition(), from, to).stream()
                .filter(subscription::admits)
                .toList();
        List<String> places = expected.stream().map(Oracle::place).toList();
        List<String> gotPlaces = new ArrayList<>();
        for (LogRecord record : got) {
            EventItem item = record.item();
            if (item.runSeqFrom() != item.runSeq() && !subscription.wants(Subscription.Option.FOLD)) {
                throw new BrokenPromise(Promise.NOTHING_LOST, "joined, though nobody asked for it");
            }
            for (long seq = item.runSeqFrom(); seq <= item.runSeq(); seq++) {
                gotPlaces.add(item.runId() + "/" + seq);
            }
        }
        if (!gotPlaces.equals(places)) {
            throw new BrokenPromise(broken(places, gotPlaces), "expected " + places + ", got " + gotPlaces);
        }
        if (!text(expected).equals(text(got.stream().map(LogRecord::item).toList()))) {
            throw new BrokenPromise(Promise.NOTHING_LOST, "the text of joined deltas differs");
        }
    }

    private static String place(EventItem item) {
        return item.runId() + "/" + item.runSeq();
    }

    /** Whether the event itself says that it is another user's: each delta begins with its owner. */
    private static boolean isOthers(EventItem item, UserKey user) {
        String delta = item.delta();
        return delta != null && !delta.startsWith(user.value());
    }

    private static String text(List<EventItem> items) {
        StringBuilder text = new StringBuilder();
        for (EventItem item : items) {
            String delta = item.delta();
            text.append(delta == null ? item.type() : delta);
        }
        return text.toString();
    }

    private static Promise broken(List<String> expected, List<String> actual) {
        if (actual.size() != actual.stream().distinct().count()) {
            return Promise.NOTHING_TWICE;
        }
        if (actual.stream().sorted().toList().equals(expected.stream().sorted().toList())) {
            return Promise.ORDER;
        }
        return actual.containsAll(expected) ? Promise.NOTHING_TWICE : Promise.NOTHING_LOST;
    }

    /** A user's readable events in a range, also those that have expired since. */
    private List<EventItem> itemsOf(UserKey user, int partition, long from, long to) {
        List<EventItem> items = new ArrayList<>();
        for (InMemoryEventLog.Stored record :
                log.part(partition).told.subMap(from, Math.max(from, to)).values()) {
            EventItem item = record.user().equals(user) ? read(record) : null;
            if (item != null) {
                items.add(item);
            }
        }
        return items;
    }

    private @Nullable EventItem read(InMemoryEventLog.Stored record) {
        return read.computeIfAbsent(record, Oracle::readOnce).orElse(null);
    }

    private static Optional<EventItem> readOnce(InMemoryEventLog.Stored record) {
        try {
            return Optional.of(record.read().item());
        } catch (InvalidEventException e) {
            return Optional.empty();
        }
    }

    /** A session that has nothing on its way and nothing to wait for has told everything. */
    void judgeAtRest(UserKey user, Subscription subscription, Cursor cursor, long end) {
        List<EventItem> untold = itemsOf(
                        user, cursor.partition(), cursor.position().offset(), end)
                .stream()
                .filter(subscription::admits)
                .toList();
        if (!untold.isEmpty()) {
            throw new BrokenPromise(
                    Promise.NOTHING_LOST,
                    user.value() + " was never told "
                            + untold.stream().map(Oracle::place).toList());
        }
    }

    /** What {@code hello} must say to a cursor. */
    void judgeResume(String cursor, UserKey user, Start start) {
        Resume told = start.resume();
        InMemoryEventLog.Part part = log.part(start.partition());
        Cursor asked;
        try {
            asked = Cursor.parse(cursor);
        } catch (MalformedCursorException e) {
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
        } else if (!(told instanceof Resume.Resumed)
                || !start.cursor().position().equals(asked.position())) {
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

    /** The last N events begin where they begin, or at the beginning of what could be looked at. */
    void judgeLast(int count, Start start, boolean whole) {
        InMemoryEventLog.Part part = log.part(start.partition());
        int after = 0;
        for (InMemoryEventLog.Stored record : part.records.values()) {
            boolean counts = record.user().equals(start.user())
                    && record.offset() >= start.cursor().position().offset()
                    && read(record) != null;
            after += counts ? 1 : 0;
        }
        int all = 0;
        for (InMemoryEventLog.Stored record : part.records.values()) {
            all += record.user().equals(start.user()) && read(record) != null ? 1 : 0;
        }
        if (after > count || (whole && after < Math.min(all, count))) {
            throw new BrokenPromise(
                    Promise.HONEST_RESUME, "asked for the last " + count + " of " + all + ", began " + after + " back");
        }
    }

    /** A snapshot tells of each run what the user's events before its cursor tell. */
    void judgeSnapshot(UserKey user, HubFrame.Snapshot snapshot) {
        Cursor cursor;
        try {
            cursor = Cursor.parse(snapshot.cursor());
        } catch (MalformedCursorException e) {
            throw new BrokenPromise(Promise.HONEST_RESUME, "a snapshot without a cursor");
        }
        Map<String, EventItem> newest = new HashMap<>();
        List<EventItem> items =
                itemsOf(user, cursor.partition(), 0, cursor.position().offset());
        items.forEach(item -> newest.put(String.valueOf(item.runId()), item));
        for (RunSummary run : snapshot.runs()) {
            EventItem last = newest.get(run.runId());
            if (last == null || last.runSeq() != run.runSeq() || !status(last).equals(run.status())) {
                throw new BrokenPromise(Promise.HONEST_RESUME, "the snapshot says " + run + " of " + last);
            }
        }
        boolean nothingExpired = log.part(cursor.partition()).start == 0;
        if (snapshot.complete() && nothingExpired && snapshot.runs().size() != newest.size()) {
            throw new BrokenPromise(
                    Promise.HONEST_RESUME, "complete with " + snapshot.runs().size() + " runs of " + newest.size());
        }
    }

    private static RunStatus status(EventItem newest) {
        return switch (newest.type()) {
            case "RUN_ERROR" -> RunStatus.ERROR;
            case "RUN_FINISHED" -> RunStatus.CANCELLED;
            default -> RunStatus.RUNNING;
        };
    }
}
