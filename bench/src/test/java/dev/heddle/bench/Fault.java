package dev.heddle.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** The faults of a faulty edge; each fault concerns one event. Thread-safe. */
enum Fault {
    DROP(9_480),
    DOUBLE(9_610),
    FOREIGN(9_740),
    REORDER(9_870),
    DELAY(10_000);

    static final long DELAY_MILLIS = 6_000;

    /** The system property of the faulty edge that chooses, with commas between; no edge that users run knows it. */
    static final String SWITCH = "heddle.bench.fault";

    private static final AtomicLong COUNT = new AtomicLong();
    /**
     * The event that a reordering holds back until the connection's next event is written, per thread of a connection.
     */
    private static final ThreadLocal<List<String>> HELD = ThreadLocal.withInitial(ArrayList::new);

    private static final String ITEM = "{\"eventId\":";
    private static final String TAIL = "]}";

    /**
     * The event that is hit: in the middle of what is measured, and no neighbour of another fault's on a connection.
     */
    private final long event;

    Fault(long event) {
        this.event = event;
    }

    static Set<Fault> chosen() {
        Set<Fault> chosen = EnumSet.noneOf(Fault.class);
        Arrays.stream(System.getProperty(SWITCH, "").split(","))
                .filter(name -> !name.isEmpty())
                .forEach(name -> chosen.add(valueOf(name.toUpperCase(Locale.ROOT))));
        return chosen;
    }

    /** The events frame that the client gets instead of this one. */
    static String in(String frame, Set<Fault> chosen) {
        int first = frame.indexOf(ITEM);
        if (first < 0) {
            return frame;
        }
        List<String> items = new ArrayList<>();
        for (int at = first; at >= 0; ) {
            int next = frame.indexOf("," + ITEM, at);
            String item = frame.substring(at, next < 0 ? frame.length() - TAIL.length() : next);
            add(items, item, chosen);
            at = next < 0 ? -1 : next + 1;
        }
        return frame.substring(0, first) + String.join(",", items) + TAIL;
    }

    private static void add(List<String> items, String item, Set<Fault> chosen) {
        long event = COUNT.incrementAndGet();
        List<String> held = HELD.get();
        List<String> released = List.copyOf(held);
        held.clear();
        items.add(item);
        for (Fault fault : chosen) {
            if (fault.event == event) {
                fault.change(items, item);
            }
        }
        items.addAll(released);
    }

    /** Changes the last of the items, this one. */
    private void change(List<String> items, String item) {
        switch (this) {
            case DROP -> items.remove(items.size() - 1);
            case DOUBLE -> items.add(item);
            case FOREIGN -> items.add(another(item));
            case REORDER -> HELD.get().add(items.remove(items.size() - 1));
            case DELAY -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(DELAY_MILLIS));
        }
    }

    /** The same event of a user who is not this one: the last digit of whose it is stands before the first hyphen. */
    private static String another(String item) {
        int at = item.indexOf('-') - 1;
        return item.substring(0, at) + (item.charAt(at) == '0' ? '1' : '0') + item.substring(at + 1);
    }
}
