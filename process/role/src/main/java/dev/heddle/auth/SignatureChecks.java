package dev.heddle.auth;

/** Where the signatures of tokens are checked. */
interface SignatureChecks {

    /**
     * Has a check made, in its turn.
     *
     * @param turn whom it counts for
     * @param check runs once, unless {@code crowdedOut} does
     * @param crowdedOut runs instead when there are too many checks and this one makes room
     */
    void submit(Turn turn, Runnable check, Runnable crowdedOut);

    /** Checks on the threads of those who ask. */
    static SignatureChecks onCallersThread() {
        return (turn, check, crowdedOut) -> check.run();
    }

    /**
     * Whom a check counts for, before anything of its token is known to be true.
     *
     * @param address where it came from
     * @param subject what the token says of its subject; those of one address take turns by it
     */
    record Turn(Object address, String subject) {}
}
