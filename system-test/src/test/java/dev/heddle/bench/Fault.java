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
    FOREIGN,
    REORDER,
    DELAY;

    static final long WHICH = 10_000;
    static final long DELAY_MILLIS = 6_000;

    /** The system property of the faulty edge that chooses; no edge that users run knows it. */
    static final String SWITCH = "heddle.bench.fault";

    private static final AtomicLong COUNT = new AtomicLong();
    /** What a reordering holds back until the connection's next event has gone; a connection has a thread of its own. */
    private static final ThreadLocal<List<String>> HELD = ThreadLocal.withInitial(ArrayList::new);

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
        if (hit && this == REORDER) {
            HELD.get().add(item);
            return;
        }
        if (!hit || this != DROP) {
            items.add(item);
        }
        if (hit && this == DOUBLE) {
            items.add(item);
        }
        if (hit && this == FOREIGN) {
            items.add(another(item));
        }
        items.addAll(HELD.get());
        HELD.get().clear();
    }

    /** The same event of a user who is not this one: the last digit of whose it is stands before the first hyphen. */
    private static String another(String item) {
        int at = item.indexOf('-') - 1;
        return item.substring(0, at) + (item.charAt(at) == '0' ? '1' : '0') + item.substring(at + 1);
    }
}
