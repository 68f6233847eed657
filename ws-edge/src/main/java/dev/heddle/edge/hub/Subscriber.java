package dev.heddle.edge.hub;

import dev.heddle.event.UserKey;
import java.util.concurrent.Executor;

/** A session as the tail thread sees it. */
interface Subscriber {
    /** The user whose records it reads. Any thread. */
    UserKey user();

    /** The offset that it reads from; on its event loop, or before it is attached. */
    long offset();

    /** The end of the partition when its client connected. Any thread. */
    long endAtConnect();

    /** The event loop that owns it, the same object for all subscribers of a loop. Any thread. */
    Executor loop();

    /** Reads on, as there may be new records. On its event loop. */
    void advance();

    /** Ends its connection. On its event loop. */
    void end(EndReason reason);
}
