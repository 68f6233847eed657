package dev.heddle.edge.hub;

/**
 * That a schedule has broken a promise: which, and how. An error, so that no part of the hub takes it for its own
 * failure.
 */
final class BrokenPromise extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final Promise promise;

    BrokenPromise(Promise promise, String how) {
        super(promise + ": " + how);
        this.promise = promise;
    }

    Promise promise() {
        return promise;
    }
}
