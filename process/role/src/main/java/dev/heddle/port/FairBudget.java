package dev.heddle.port;

import java.util.HashMap;
import java.util.Map;

/**
 * A total amount that many holders share. Each may hold at most as much as is left, so one alone gets half of it, two
 * get a third each, and a newcomer always finds some (the dynamic thresholds of Choudhury and Hahne). Nothing is
 * reserved for a holder that asks for nothing. Any thread.
 */
public final class FairBudget<K> {

    private final long total;
    private final Map<K, Long> held = new HashMap<>();
    private long used;

    /** A budget of this amount, of which nothing is held. */
    public FairBudget(long total) {
        this.total = total;
    }

    /** Takes this amount for the holder; false, and nothing taken, if the holder would then hold more than is left. */
    public synchronized boolean take(K who, long amount) {
        long mine = held.getOrDefault(who, 0L) + amount;
        if (mine > total - used - amount) {
            return false;
        }
        held.put(who, mine);
        used += amount;
        return true;
    }

    /** Gives this amount back. */
    public synchronized void giveBack(K who, long amount) {
        used -= amount;
        held.computeIfPresent(who, (key, mine) -> mine > amount ? mine - amount : null);
    }

    /** The amount that all holders hold. */
    public synchronized long used() {
        return used;
    }
}
