package dev.heddle.auth;

/** The executor of signature checks. */
interface SignatureChecks {

    /**
     * Submits a check.
     *
     * @param turn the source that it counts for
     * @param check runs once, unless {@code crowdedOut} does
     * @param crowdedOut runs instead when there are too many checks and this one makes room
     */
    void submit(Turn turn, Runnable check, Runnable crowdedOut);

    /** An executor that checks on the caller's thread. */
    static SignatureChecks onCallersThread() {
        return (turn, check, crowdedOut) -> check.run();
    }

    /**
     * The source of a check, before its token is verified.
     *
     * @param address the client's address
     * @param subject the token's unverified subject; checks of one address take turns by it
     */
    record Turn(Object address, String subject) {}
}
