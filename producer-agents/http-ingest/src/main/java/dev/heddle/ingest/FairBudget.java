package dev.heddle.ingest;

import java.util.HashMap;
import java.util.Map;

/**
 * An amount that many share: each may hold as much as is left over by all, so one alone has half of it, two have a
 * third each, and a newcomer always finds some (the dynamic thresholds of Choudhury and Hahne). Nothing is set aside
 * for anybody who asks for nothing. Any thread.
 */
final class FairBudget<K> {

    private final long total;
    private final Map<K, Long> held = new HashMap<>();
    private long used;

    FairBudget(long total) {
        this.total = total;
    }

    /** Takes so much for this one; false if it would hold more than is left then, and then nothing is taken. */
    synchronized boolean take(K who, long amount) {
        long mine = held.getOrDefault(who, 0L) + amount;
        if (mine > total - used - amount) {
            return false;
        }
        held.put(who, mine);
        used += amount;
        return true;
    }

    /** Gives so much of it back. */
    synchronized void giveBack(K who, long amount) {
        used -= amount;
        held.computeIfPresent(who, (key, mine) -> mine > amount ? mine - amount : null);
    }

    synchronized long used() {
        return used;
    }
}
