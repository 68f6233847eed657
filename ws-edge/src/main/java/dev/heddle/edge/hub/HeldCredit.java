package dev.heddle.edge.hub;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one session holds of the edge's {@link Credit}, for the frame in flight or for the next one. Owned by the
 * session's event loop.
 */
final class HeldCredit {
    private final Credit credit;
    private Credit.@Nullable Account account;
    private long amount;
    private @Nullable CreditRequest waiting;

    HeldCredit(Credit credit) {
        this.credit = credit;
    }

    /** Opens the user's account; before anything else. */
    void open(Credit.Account ofUser) {
        account = ofUser;
    }

    /** The user's account. Any thread that was given the session after it has started. */
    Credit.Account account() {
        return Objects.requireNonNull(account, "not open");
    }

    Credit credit() {
        return credit;
    }

    long amount() {
        return amount;
    }

    /** Holds so much, and no longer what it held, if there is so much. */
    boolean take(long wanted) {
        if (!credit.resize(account(), amount, wanted)) {
            return wanted <= amount;
        }
        amount = wanted;
        return true;
    }

    /** Holds what somebody else has taken for it, while it holds nothing. */
    void put(long taken) {
        amount = taken;
    }

    /** What it holds, which is the caller's from now on. */
    long handOver() {
        long mine = amount;
        amount = 0;
        return mine;
    }

    void giveBack() {
        giveBack(handOver());
    }

    /** Gives back what was taken for it and never put here. */
    void giveBack(long taken) {
        if (taken > 0) {
            credit.resize(account(), taken, 0);
        }
    }

    /**
     * Waits for its turn to have so much, while it holds nothing.
     *
     * @param granted told of the amount, on the executor, once it is taken; whether or not somebody waits still
     */
    void await(long wanted, Executor executor, LongConsumer granted) {
        giveBack();
        waiting = credit.await(account(), wanted, executor, () -> granted.accept(wanted));
    }

    /** Waits no more. */
    void withdraw() {
        CreditRequest request = waiting;
        if (request != null) {
            request.withdraw();
            waiting = null;
        }
    }
}
