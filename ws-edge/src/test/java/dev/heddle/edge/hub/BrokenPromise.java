package dev.heddle.edge.hub;

/** That a schedule has broken a promise: which, and how. */
final class BrokenPromise extends RuntimeException {
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
