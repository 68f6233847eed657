package dev.heddle.replay;

import dev.heddle.event.Cursor;
import dev.heddle.event.MalformedCursorException;
import dev.heddle.event.UserKey;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where in the user's partition a replay begins. */
sealed interface StartPoint {
    /** What is still kept, from its beginning. */
    record Earliest() implements StartPoint {}

    /** The end: nothing that is there already. */
    record Latest() implements StartPoint {}

    /** What was appended at the instant or later. */
    record At(Instant instant) implements StartPoint {}

    /** The user's last events, so many of them. */
    record Last(int count) implements StartPoint {}

    /** What comes after a cursor, which is checked against the log when it is opened. */
    record After(Cursor cursor) implements StartPoint {}

    Pattern LAST = Pattern.compile("last:([1-9][0-9]{0,5})");

    /** Reads {@code --from} and {@code --cursor}, of which the cursor wins. */
    static StartPoint parse(String from, @Nullable String cursor) {
        if (cursor != null) {
            try {
                return new After(Cursor.parse(cursor));
            } catch (MalformedCursorException e) {
                throw new ReplayException("the cursor is malformed: " + e.getMessage(), e);
            }
        }
        Matcher last = LAST.matcher(from);
        if (last.matches()) {
            return new Last(Integer.parseInt(last.group(1)));
        }
        return switch (from) {
            case "earliest" -> new Earliest();
            case "latest" -> new Latest();
            default -> new At(instant(from));
        };
    }

    private static Instant instant(String from) {
        try {
            return Instant.parse(from);
        } catch (DateTimeParseException e) {
            throw new ReplayException(
                    "--from '" + from
                            + "' is not earliest, latest, last:N (1 to 999999) or an instant like 2026-01-31T12:00:00Z",
                    e);
        }
    }

    /** The offset to begin at; for {@link Last} that of the beginning, because the events have to be counted. */
    default long resolve(LogReader log, UserKey user, int partition) {
        if (this instanceof Latest) {
            return log.latest(partition);
        }
        if (this instanceof At at) {
            return log.at(partition, at.instant());
        }
        if (this instanceof After after) {
            return check(after.cursor(), log, user);
        }
        return log.earliest(partition);
    }

    private static long check(Cursor cursor, LogReader log, UserKey user) {
        if (!cursor.belongsTo(user)) {
            throw new ReplayException("the cursor is another user's");
        }
        if (!cursor.generation().equals(log.generation())) {
            throw new ReplayException("the cursor is of another generation: the log was made again since");
        }
        long offset = cursor.position().offset();
        long earliest = log.earliest(cursor.partition());
        long latest = log.latest(cursor.partition());
        if (offset < earliest || offset > latest) {
            throw new ReplayException("the cursor's position " + offset + " is not kept (any more): the log goes from "
                    + earliest + " to " + latest);
        }
        return offset;
    }
}
