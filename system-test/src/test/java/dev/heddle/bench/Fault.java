package dev.heddle.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** What a faulty edge does to one event, the {@value #WHICH}th. Thread-safe. */
enum Fault {
    NONE,
    DROP,
    DOUBLE,
    DELAY;

    static final long WHICH = 10_000;
    static final long DELAY_MILLIS = 6_000;

    /** The system property of the faulty edge that chooses; no edge that users run knows it. */
    static final String SWITCH = "heddle.bench.fault";

    private static final AtomicLong COUNT = new AtomicLong();
    private static final String ITEM = "{\"eventId\":";
    private static final String TAIL = "]}";

    static Fault chosen() {
        return valueOf(System.getProperty(SWITCH, "none").toUpperCase(Locale.ROOT));
    }

    /** The events frame that the client gets instead of this one. */
    String of(String frame) {
        int first = frame.indexOf(ITEM);
        if (first < 0) {
            return frame;
        }
        List<String> items = new ArrayList<>();
        for (int at = first; at >= 0; ) {
            int next = frame.indexOf("," + ITEM, at);
            String item = frame.substring(at, next < 0 ? frame.length() - TAIL.length() : next);
            add(items, item);
            at = next < 0 ? -1 : next + 1;
        }
        return frame.substring(0, first) + String.join(",", items) + TAIL;
    }

    private void add(List<String> items, String item) {
        boolean hit = COUNT.incrementAndGet() == WHICH;
        if (hit && this == DELAY) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(DELAY_MILLIS));
        }
        if (!hit || this != DROP) {
            items.add(item);
        }
        if (hit && this == DOUBLE) {
            items.add(item);
        }
    }
}
