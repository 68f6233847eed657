package dev.heddle.auth;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The queue of signature checks, bounded in their number. Addresses take turns, and so do the subjects of one address:
 * a check waits for no more than one of each other address and one of each other subject at its own, however many of
 * theirs came before. When there are too many, the oldest check of the subject with most checks, at the address with
 * most checks, makes room. Any thread.
 */
final class FairCheckQueue {

    private final int most;
    private final Map<Object, OfAddress> addresses = new LinkedHashMap<>();
    private int size;

    /** A waiting check, and the task that runs instead if the check makes room. */
    record Waiting(Runnable check, Runnable crowdedOut) {}

    /** The checks of one address by subject, in the order of their turns. */
    private static final class OfAddress {
        private final Map<String, Deque<Waiting>> subjects = new LinkedHashMap<>();
        private int size;

        void add(String subject, Waiting waiting) {
            subjects.computeIfAbsent(subject, first -> new ArrayDeque<>(1)).add(waiting);
            size++;
        }

        Waiting next() {
            Iterator<Map.Entry<String, Deque<Waiting>>> turns =
                    subjects.entrySet().iterator();
            Map.Entry<String, Deque<Waiting>> turn = turns.next();
            turns.remove();
            Waiting next = turn.getValue().remove();
            if (!turn.getValue().isEmpty()) {
                subjects.put(turn.getKey(), turn.getValue());
            }
            size--;
            return next;
        }

        Waiting oldestOfMost() {
            Map.Entry<String, Deque<Waiting>> largest =
                    subjects.entrySet().iterator().next();
            for (Map.Entry<String, Deque<Waiting>> each : subjects.entrySet()) {
                if (each.getValue().size() > largest.getValue().size()) {
                    largest = each;
                }
            }
            Waiting oldest = largest.getValue().remove();
            if (largest.getValue().isEmpty()) {
                subjects.remove(largest.getKey());
            }
            size--;
            return oldest;
        }
    }

    FairCheckQueue(int most) {
        this.most = most;
    }

    /** Adds a check; returns the one that makes room for it, or null if there was room. */
    @Nullable
    synchronized Waiting add(SignatureChecks.Turn turn, Waiting waiting) {
        Waiting out = size < most ? null : oldestOfMost();
        addresses.computeIfAbsent(turn.address(), first -> new OfAddress()).add(turn.subject(), waiting);
        size++;
        return out;
    }

    /** Takes the next check in turn; null if none waits. */
    @Nullable
    synchronized Waiting poll() {
        Iterator<Map.Entry<Object, OfAddress>> turns = addresses.entrySet().iterator();
        if (!turns.hasNext()) {
            return null;
        }
        Map.Entry<Object, OfAddress> turn = turns.next();
        turns.remove();
        Waiting next = turn.getValue().next();
        if (turn.getValue().size > 0) {
            addresses.put(turn.getKey(), turn.getValue());
        }
        size--;
        return next;
    }

    private Waiting oldestOfMost() {
        Map.Entry<Object, OfAddress> largest = addresses.entrySet().iterator().next();
        for (Map.Entry<Object, OfAddress> each : addresses.entrySet()) {
            if (each.getValue().size > largest.getValue().size) {
                largest = each;
            }
        }
        Waiting oldest = largest.getValue().oldestOfMost();
        if (largest.getValue().size == 0) {
            addresses.remove(largest.getKey());
        }
        size--;
        return oldest;
    }
}
