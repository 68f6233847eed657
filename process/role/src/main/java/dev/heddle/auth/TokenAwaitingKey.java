package dev.heddle.auth;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A token whose key was unknown when it was verified. It is verified again by newer keys, and answered exactly once:
 * with their verdict, or as invalid if they do not have its key either or its time is over. The answer comes on the
 * thread that refreshes the keys, or on a timer thread.
 */
final class TokenAwaitingKey {

    private static final TokenVerdict UNKNOWN = new TokenVerdict.Refused(TokenVerdict.Reason.INVALID);

    private final KeyWaitLimit limit;
    private final @Nullable VerificationKeys seen;
    private final Function<@Nullable VerificationKeys, @Nullable TokenVerdict> verify;
    private final CompletableFuture<TokenVerdict> verdict = new CompletableFuture<>();
    private long came;

    /**
     * A token that has not begun to wait.
     *
     * @param seen the keys that do not have its key
     * @param verify gives the verdict by other keys, or null if they do not have it either
     */
    TokenAwaitingKey(
            KeyWaitLimit limit,
            @Nullable VerificationKeys seen,
            Function<@Nullable VerificationKeys, @Nullable TokenVerdict> verify,
            Consumer<TokenVerdict> then) {
        this.limit = limit;
        this.seen = seen;
        this.verify = verify;
        var unused = verdict.thenAccept(then);
    }

    KeyWaitLimit limit() {
        return limit;
    }

    /** Starts the wait, after this many refreshes of the keys. */
    void begin(long refreshes) {
        came = refreshes;
        var unused = verdict.completeOnTimeout(UNKNOWN, limit.patience().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** True if a refresh has begun since the token came. */
    boolean hasSeenRefresh(long refreshes) {
        return refreshes > came;
    }

    /** Verifies the token by these keys; true if it is answered. */
    boolean isAnsweredBy(@Nullable VerificationKeys now) {
        if (!verdict.isDone() && now != seen) {
            TokenVerdict said = verify.apply(now);
            if (said != null) {
                verdict.complete(said);
            }
        }
        return verdict.isDone();
    }

    /** Answers the token as one with an unknown key. */
    void giveUp() {
        verdict.complete(UNKNOWN);
    }
}
