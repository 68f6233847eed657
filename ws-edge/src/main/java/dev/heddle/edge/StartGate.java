package dev.heddle.edge;

import dev.heddle.role.Readiness;
import dev.heddle.role.RoleException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The last step of a start: the wait for readiness. */
final class StartGate {

    private static final long LOOK_EVERY_NANOS = Duration.ofMillis(5).toNanos();

    private StartGate() {}

    /**
     * Blocks its caller until the edge is ready.
     *
     * @throws RoleException naming the missing conditions, when it is not ready within this time
     */
    static void await(Readiness readiness, Duration patience) {
        long begun = System.nanoTime();
        while (!readiness.isReady()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new RoleException("the edge was interrupted before it was ready");
            }
            if (System.nanoTime() - begun > patience.toNanos()) {
                throw new RoleException("the edge is not ready after " + patience.toSeconds() + " s; missing: "
                        + String.join(", ", readiness.missing()));
            }
            LockSupport.parkNanos(readiness, LOOK_EVERY_NANOS);
        }
    }
}
