package dev.heddle.auth;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A token whose key was unknown when it was judged. It is judged again by newer keys, and answered exactly once: with
 * their verdict, or as invalid when they do not know its key either or its time is over. The answer is given on the
 * thread that looks at keys, or on one that only tells the time.
 */
final class TokenAwaitingKey {

    private static final TokenVerdict UNKNOWN = new TokenVerdict.Refused(TokenVerdict.Reason.INVALID);

    private final KeyWaitLimit room;
    private final @Nullable VerificationKeys seen;
    private final Function<@Nullable VerificationKeys, @Nullable TokenVerdict> judge;
    private final CompletableFuture<TokenVerdict> verdict = new CompletableFuture<>();
    private long came;

    /**
     * One that has not begun to wait.
     *
     * @param seen the keys that do not have its key
     * @param judge gives the verdict by other keys, or null if they do not have it either
     */
    TokenAwaitingKey(
            KeyWaitLimit room,
            @Nullable VerificationKeys seen,
            Function<@Nullable VerificationKeys, @Nullable TokenVerdict> judge,
            Consumer<TokenVerdict> then) {
        this.room = room;
        this.seen = seen;
        this.judge = judge;
        var unused = verdict.thenAccept(then);
    }

    KeyWaitLimit room() {
        return room;
    }

    /** Its time begins, after so many looks at the keys. */
    void begin(long looks) {
        came = looks;
        var unused = verdict.completeOnTimeout(UNKNOWN, room.patience().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether a look has begun since it came, with so many of them in all. */
    boolean hasSeenALook(long looks) {
        return looks > came;
    }

    /** Judges it by these keys; whether it is answered. */
    boolean isAnsweredBy(@Nullable VerificationKeys now) {
        if (!verdict.isDone() && now != seen) {
            TokenVerdict said = judge.apply(now);
            if (said != null) {
                verdict.complete(said);
            }
        }
        return verdict.isDone();
    }

    /** Nobody knows its key. */
    void giveUp() {
        verdict.complete(UNKNOWN);
    }
}
