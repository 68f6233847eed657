package dev.heddle.replay.output;

import dev.heddle.replay.log.WrongUseException;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pace of showing events: their appending intervals divided by a factor, or no waiting. For one thread.
 *
 * <p>Each event's time counts from the first event, so that printing times do not add up.
 */
public final class ReplayPace {
    /** The pace without waiting. */
    public static final ReplayPace MAX = new ReplayPace(0, System::nanoTime, nanos -> {});

    private static final Pattern FACTOR = Pattern.compile("([1-9][0-9]{0,5}(?:\\.[0-9]{1,3})?|0\\.[0-9]{0,2}[1-9])x");

    private final double factor;
    private final LongSupplier nanoTime;
    private final LongConsumer sleep;
    private boolean begun;
    private long beganNanos;
    private long firstMillis;

    /**
     * @param factor how much faster than it was; 0 for no waiting
     * @param nanoTime the clock
     * @param sleep waits so many nanoseconds
     */
    ReplayPace(double factor, LongSupplier nanoTime, LongConsumer sleep) {
        this.factor = factor;
        this.nanoTime = nanoTime;
        this.sleep = sleep;
    }

    /** Reads {@code --speed}. */
    public static ReplayPace parse(String text, LongConsumer sleep) {
        if (text.equals("max")) {
            return MAX;
        }
        Matcher factor = FACTOR.matcher(text);
        if (!factor.matches()) {
            throw new WrongUseException("--speed '" + text + "' is not max or a factor such as 1x, 10x or 0.5x");
        }
        return new ReplayPace(Double.parseDouble(factor.group(1)), System::nanoTime, sleep);
    }

    /** Waits until an event is due that was appended at this time, in ms since the epoch. */
    public void await(long appendedMillis) {
        if (factor == 0) {
            return;
        }
        if (!begun) {
            begun = true;
            beganNanos = nanoTime.getAsLong();
            firstMillis = appendedMillis;
            return;
        }
        long due = beganNanos + Math.round((appendedMillis - firstMillis) * 1e6 / factor);
        long left = due - nanoTime.getAsLong();
        while (left > 0) {
            sleep.accept(left); // which may end early
            left = due - nanoTime.getAsLong();
        }
    }
}
