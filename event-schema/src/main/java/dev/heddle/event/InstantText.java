package dev.heddle.event;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text form of instants, by which clients and operators say where in the log to begin: ISO 8601, of any year, with
 * {@code Z} or an offset.
 *
 * <p>An instant outside the times that a record can have is moved to the nearest one, because Kafka gives negative
 * timestamps a meaning of their own (-1 is the latest) and later ones do not fit its milliseconds.
 */
public final class InstantText {
    /** The earliest time that a record can have. */
    public static final Instant EARLIEST = Instant.EPOCH;

    /** The latest time that a record can have. */
    public static final Instant LATEST = Instant.ofEpochMilli(Long.MAX_VALUE);

    /** An instant whose year may be beyond {@code java.time}: sign, year and rest. */
    private static final Pattern FAR_YEAR = Pattern.compile("([+-]?)([0-9]{5,})(-[0-9]{2}-[0-9]{2}[Tt].{1,40})");

    private static final int LEAP_CYCLE_DIGITS = 4;

    private InstantText() {}

    /**
     * Parses an instant; gives the nearest one that a record can have.
     *
     * @throws DateTimeException if the text is no instant
     */
    public static Instant parse(String text) {
        try {
            return clamped(Instant.parse(text)); // knows 24:00 and leap seconds
        } catch (DateTimeException e) {
            Matcher far = FAR_YEAR.matcher(text);
            return far.matches() ? far(far) : clamped(OffsetDateTime.parse(text).toInstant());
        }
    }

    /**
     * The bound for an instant of a year of five digits or more. The date is checked in the year of the last four
     * digits, whose months have the same days.
     */
    private static Instant far(Matcher parts) {
        String year = parts.group(2);
        Instant unused = OffsetDateTime.parse(year.substring(year.length() - LEAP_CYCLE_DIGITS) + parts.group(3))
                .toInstant();
        return parts.group(1).equals("-") ? EARLIEST : LATEST;
    }

    /** The nearest instant that a record can have. */
    public static Instant clamped(Instant instant) {
        if (instant.isBefore(EARLIEST)) {
            return EARLIEST;
        }
        return instant.isAfter(LATEST) ? LATEST : instant;
    }
}
