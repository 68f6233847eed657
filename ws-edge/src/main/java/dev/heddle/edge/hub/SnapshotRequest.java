package dev.heddle.edge.hub;

/** A session's request for the snapshot that it begins with. The snapshot takes credit of the edge once it is made. */
final class SnapshotRequest {
    private final Requester requester;
    private final HeldCredit credit;

    /** The session that asked. Any thread. */
    interface Requester {
        /**
         * The snapshot is made.
         *
         * @param taken credit for it
         */
        void onSnapshot(HubFrame.Snapshot snapshot, HeldCredit taken);

        /** There is no credit for the snapshot, which needs this amount. */
        void onSnapshotLacksCredit(long amount);

        /** The session cannot go on. */
        void onFailed(EndReason reason);
    }

    /** @param credit taken by the session */
    SnapshotRequest(Requester requester, HeldCredit credit) {
        this.requester = requester;
        this.credit = credit;
    }

    /**
     * Hands the snapshot to its session, if there is credit for it. Backward scan's thread.
     *
     * @param bytes size of the snapshot as JSON
     */
    void complete(HubFrame.Snapshot snapshot, long bytes) {
        long amount = Credit.ofFrame(bytes);
        if (credit.take(amount)) {
            requester.onSnapshot(snapshot, credit);
        } else {
            credit.giveBack();
            requester.onSnapshotLacksCredit(amount);
        }
    }

    /** Ends the session, as its snapshot cannot be made. Backward scan's thread. */
    void fail() {
        credit.giveBack();
        requester.onFailed(EndReason.INTERNAL);
    }
}
