package dev.heddle.role;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A role that has been started.
 *
 * @param closing stops the role
 * @param ready completes when the role serves, with the public address that {@code ready} prints; empty without one
 * @param failure completes with the reason when the role has stopped by itself
 */
public record RunningRole(
        AutoCloseable closing, CompletionStage<String> ready, CompletionStage<? extends Throwable> failure) {

    private static final String ALL_ADDRESSES = "0.0.0.0";

    /** A role that serves clients at an address, and does not stop by itself. */
    public static RunningRole at(AutoCloseable closing, String scheme, String host, int port) {
        String reachable = host.equals(ALL_ADDRESSES) ? "127.0.0.1" : host;
        return new RunningRole(
                closing,
                CompletableFuture.completedFuture(scheme + "://" + reachable + ":" + port),
                new CompletableFuture<Throwable>());
    }
}
