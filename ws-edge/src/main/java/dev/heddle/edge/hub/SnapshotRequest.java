package dev.heddle.edge.hub;

/**
 * That a session wants the snapshot that it begins with. What the snapshot holds is taken from the edge's credit as it
 * is made.
 */
final class SnapshotRequest {
    private final Session session;
    private final Credit credit;
    private long held;

    /**
     * A request.
     *
     * @param held the credit that the session had, which is the request's from now on
     */
    SnapshotRequest(Session session, long held) {
        this.session = session;
        this.credit = session.credit().credit();
        this.held = held;
    }

    /**
     * Hands the snapshot to its session; where there is no credit for it, only how much it wants. Look-back thread.
     *
     * @param bytes what it holds as JSON
     */
    void made(HubFrame.Snapshot snapshot, long bytes) {
        long amount = Credit.ofFrame(bytes);
        if (credit.resize(session.credit().account(), held, amount)) {
            held = 0;
            session.loop().execute(() -> session.tell(snapshot, amount));
        } else {
            credit.resize(session.credit().account(), held, 0);
            session.loop().execute(() -> session.needs(SessionState.LOOKING_BACK, amount));
        }
    }

    /** Ends the session, which is owed a snapshot that cannot be made. Look-back thread. */
    void failed() {
        credit.resize(session.credit().account(), held, 0);
        session.loop().execute(() -> session.end(Ending.INTERNAL));
    }
}
