package dev.heddle.replay.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** The findings of a verification: all are counted, and the first {@value #KEPT} of each kind kept. Any thread. */
public final class Findings {
    /** The most findings of a kind that are kept. */
    public static final int KEPT = 100;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Fault, Long> counts = new EnumMap<>(Fault.class);
    private final List<Finding> kept = new ArrayList<>();

    void add(Finding finding) {
        lock.lock();
        try {
            if (counts.merge(finding.fault(), 1L, Long::sum) <= KEPT) {
                kept.add(finding);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The number of findings of each kind. */
    public Map<Fault, Long> counts() {
        lock.lock();
        try {
            return new EnumMap<>(counts);
        } finally {
            lock.unlock();
        }
    }

    /** True if no promise was found broken. */
    public boolean isNone() {
        return counts().isEmpty();
    }

    /** The kept findings, in the order of partition and offset. */
    public List<Finding> list() {
        lock.lock();
        try {
            return kept.stream()
                    .sorted(Comparator.comparingInt(Finding::partition).thenComparingLong(Finding::offset))
                    .toList();
        } finally {
            lock.unlock();
        }
    }
}
