package dev.heddle.replay.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.event.Cursor;
import dev.heddle.event.EventItem;
import dev.heddle.event.MalformedCursorException;
import dev.heddle.replay.log.ReplayException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The comparison of a client's record with the user's events in the log: each event once, in order, byte for byte, from
 * the client's start to its last event. A folded event is compared with the fold of its parts. For one thread, used
 * once.
 *
 * <p>Events behind the last recorded one are not missing: the client may have stopped there.
 */
public final class TranscriptCheck {
    private final List<Logged> logged;
    private final Map<String, Integer> byId = new HashMap<>();
    private final Findings findings;
    private final String user;
    private final BitSet delivered = new BitSet();
    private int expected = -1;
    private long compared;

    /**
     * An event of the log.
     *
     * @param offset where it lies
     */
    public record Logged(int partition, long offset, EventItem item) {}

    /**
     * @param logged the user's events, those that the client's filter lets through, in order
     * @param user whose they are
     */
    public TranscriptCheck(List<Logged> logged, String user, Findings findings) {
        this.logged = new ArrayList<>(logged);
        this.user = user;
        this.findings = findings;
        for (int i = 0; i < logged.size(); i++) {
            byId.putIfAbsent(logged.get(i).item().eventId(), i);
        }
    }

    /** Compares a file; returns its number of events of the log. */
    public long compare(Path file) throws IOException {
        for (TranscriptItem item : TranscriptFile.read(file)) {
            if (item instanceof TranscriptItem.Event event) {
                take(event);
            } else if (item instanceof TranscriptItem.Hello hello) {
                begin(hello);
            }
        }
        return compared;
    }

    private void begin(TranscriptItem.Hello hello) {
        String cursor = hello.cursor();
        if (cursor == null || (hello.continues() && expected >= 0)) {
            return; // a connection that continues may leave nothing out
        }
        try {
            long offset = Cursor.parse(cursor).position().offset();
            expected = 0;
            while (expected < logged.size() && logged.get(expected).offset() < offset) {
                expected++;
            }
        } catch (MalformedCursorException e) {
            throw new ReplayException("line " + hello.line() + " of the transcript: the cursor is malformed", e);
        }
    }

    private void take(TranscriptItem.Event event) {
        Integer at = byId.get(event.eventId());
        if (at == null) {
            found(Fault.UNKNOWN, null, "line " + event.line() + ": event " + event.eventId() + " is not in the log");
            return;
        }
        int first = Math.max(0, at - (int) Math.min(at, event.to() - event.from()));
        Logged last = logged.get(at);
        if (expected < 0) {
            expected = first; // without a hello, where it begins is where the client began
        }
        if (first < expected) {
            found(
                    delivered.get(at) ? Fault.DOUBLED : Fault.OUT_OF_ORDER,
                    last,
                    "line " + event.line() + ": event " + event.eventId()
                            + (delivered.get(at) ? " comes again" : " comes after a later one"));
            delivered.set(first, at + 1);
            return;
        }
        for (int i = expected; i < first; i++) {
            Logged absent = logged.get(i);
            found(
                    Fault.MISSING,
                    absent,
                    "line " + event.line() + ": event " + absent.item().eventId() + " ("
                            + absent.item().type() + ") is missing before this line");
        }
        expected = at + 1;
        delivered.set(first, expected);
        compared += at + 1 - first;
        List<EventItem> stoodFor =
                logged.subList(first, at + 1).stream().map(Logged::item).toList();
        List<EventItem> folded = EventItem.fold(stoodFor);
        if (folded.size() > 1 || !new String(folded.get(0).json(), UTF_8).equals(event.text())) {
            found(
                    Fault.DIFFERENT,
                    last,
                    "line " + event.line() + ": event " + event.eventId()
                            + " is not what the log holds, byte for byte");
        }
    }

    private void found(Fault fault, @Nullable Logged at, String what) {
        findings.add(new Finding(fault, at == null ? -1 : at.partition(), at == null ? -1 : at.offset(), user, what));
    }
}
