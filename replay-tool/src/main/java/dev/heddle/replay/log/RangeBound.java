package dev.heddle.replay.log;

import dev.heddle.event.Cursor;
import dev.heddle.event.InstantText;
import dev.heddle.event.MalformedCursorException;
import dev.heddle.event.UserKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The beginning or end of a scan of a partition, as given on the command line. */
public sealed interface RangeBound {
    /** The first retained offset. */
    record Earliest() implements RangeBound {}

    /** The present end. */
    record Latest() implements RangeBound {}

    /**
     * The first record appended at the instant or later; {@link InstantText} keeps it within a record's possible times.
     */
    record At(Instant instant) implements RangeBound {}

    /** A given offset. */
    record Offset(long offset) implements RangeBound {}

    /** The user's last {@code count} events. */
    record Last(int count) implements RangeBound {}

    /** The position of a cursor, which is checked against the log when it is opened. */
    record After(Cursor cursor) implements RangeBound {}

    Pattern LAST = Pattern.compile("last:([1-9][0-9]{0,5})");
    Pattern OFFSET = Pattern.compile("offset:([0-9]{1,18})");

    /** Reads {@code --from} and {@code --cursor}, of which the cursor wins. */
    static RangeBound begin(String from, @Nullable String cursor) {
        if (cursor != null) {
            return new After(cursor(cursor));
        }
        Matcher last = LAST.matcher(from);
        if (last.matches()) {
            return new Last(Integer.parseInt(last.group(1)));
        }
        return place("--from", from, "earliest, latest, last:N (1 to 999999), offset:N");
    }

    /**
     * Reads a cursor.
     *
     * @throws WrongUseException if it is none
     */
    static Cursor cursor(String text) {
        try {
            return Cursor.parse(text);
        } catch (MalformedCursorException e) {
            throw new WrongUseException("the cursor is malformed: " + e.getMessage(), e);
        }
    }

    /** Reads {@code --to}, which is exclusive. */
    static RangeBound end(String to) {
        return place("--to", to, "latest, offset:N");
    }

    private static RangeBound place(String option, String text, String others) {
        Matcher offset = OFFSET.matcher(text);
        if (offset.matches()) {
            return new Offset(Long.parseLong(offset.group(1)));
        }
        return switch (text) {
            case "earliest" -> new Earliest();
            case "latest" -> new Latest();
            default -> {
                try {
                    yield new At(InstantText.parse(text));
                } catch (DateTimeException e) {
                    throw new WrongUseException(
                            option + " '" + text + "' is not " + others + " or an instant like 2026-01-31T12:00:00Z",
                            e);
                }
            }
        };
    }

    /**
     * The bound's offset in a partition; for {@link Last} the first retained one, because the events must be counted.
     */
    default long in(OffsetRange kept, LogConsumer log) {
        if (this instanceof Latest) {
            return kept.to();
        }
        if (this instanceof At at) {
            return log.at(kept.partition(), at.instant());
        }
        if (this instanceof Offset offset) {
            return offset.offset();
        }
        if (this instanceof After after) {
            return after.cursor().position().offset();
        }
        return kept.from();
    }

    /** Fails if this user cannot resume from the cursor in this log. */
    static void check(Cursor cursor, LogConsumer log, UserKey user) {
        if (!cursor.belongsTo(user)) {
            throw new ReplayException("the cursor is another user's");
        }
        if (!cursor.generation().equals(log.topic().generation())) {
            throw new ReplayException("the cursor is of another generation: the log was made again since");
        }
        long offset = cursor.position().offset();
        OffsetRange kept = log.extent(cursor.partition());
        if (offset < kept.from() || offset > kept.to()) {
            throw new ReplayException("the cursor's position " + offset + " is not kept (any more): the log goes from "
                    + kept.from() + " to " + kept.to());
        }
    }
}
