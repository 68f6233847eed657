package dev.heddle.edge.hub;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The part of the edge's {@link Credit} that is held for one frame, in flight or in the making. Owned by one thread at
 * a time: the session's event loop, or the reader that makes a chunk or a snapshot for it.
 */
final class HeldCredit {
    private final Credit credit;
    private Credit.@Nullable Account account;
    private long amount;
    private @Nullable CreditRequest waiting;

    HeldCredit(Credit credit) {
        this.credit = credit;
    }

    /** Sets the user's account; before any other call. */
    void open(Credit.Account ofUser) {
        account = ofUser;
    }

    private Credit.Account account() {
        return Objects.requireNonNull(account, "not open");
    }

    /** The amount held, in bytes. */
    long amount() {
        return amount;
    }

    /** Changes the amount held; false if there is not so much. */
    boolean take(long wanted) {
        if (!credit.resize(account(), amount, wanted)) {
            return wanted <= amount;
        }
        amount = wanted;
        return true;
    }

    /** Adds an amount that was taken for this holder, which holds nothing. */
    void receive(long taken) {
        amount = taken;
    }

    /** Moves another holder's amount to this one, which holds nothing. */
    void receive(HeldCredit other) {
        amount = other.amount;
        other.amount = 0;
    }

    /** Moves the amount to a new holder. */
    HeldCredit handOver() {
        HeldCredit other = new HeldCredit(credit);
        other.open(account());
        other.receive(this);
        return other;
    }

    /** Gives back the amount held. */
    void giveBack() {
        long held = amount;
        amount = 0;
        giveBack(held);
    }

    /** Gives back an amount that was taken for this holder and not received. */
    void giveBack(long taken) {
        if (taken > 0) {
            credit.resize(account(), taken, 0);
        }
    }

    /**
     * Gives back the amount held, and waits for another one.
     *
     * @param granted called with the amount, on the executor, once it is taken; also after {@link #withdraw}
     */
    void await(long wanted, Executor executor, LongConsumer granted) {
        giveBack();
        waiting = credit.await(account(), wanted, executor, () -> granted.accept(wanted));
    }

    /** Stops waiting. */
    void withdraw() {
        CreditRequest request = waiting;
        if (request != null) {
            request.withdraw();
            waiting = null;
        }
    }
}
