package dev.heddle.edge;

import dev.heddle.edge.ops.Readiness;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The last step of a start: nobody is told that an edge is ready before it is. */
final class StartGate {

    private static final long LOOK_EVERY_NANOS = Duration.ofMillis(5).toNanos();

    private StartGate() {}

    /**
     * Blocks its caller until the edge is ready.
     *
     * @throws EdgeStartException with one line that names what is missing, when it is not within this time
     */
    static void await(Readiness readiness, Duration patience) {
        long begun = System.nanoTime();
        while (!readiness.isReady()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new EdgeStartException("the edge was interrupted before it was ready");
            }
            if (System.nanoTime() - begun > patience.toNanos()) {
                throw new EdgeStartException("the edge is not ready after " + patience.toSeconds() + " s; missing: "
                        + String.join(", ", readiness.missing()));
            }
            LockSupport.parkNanos(readiness, LOOK_EVERY_NANOS);
        }
    }
}
