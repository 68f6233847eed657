package dev.heddle.role;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resources that a role has opened, closed in the opposite order. Adding is for the starting thread; close may be
 * called from any thread after that, and more than once.
 */
public final class ResourceStack implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ResourceStack.class);

    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private boolean closed;

    /** Adds a resource, which is closed before all earlier ones. */
    public void push(AutoCloseable resource) {
        resources.push(resource);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (Exception e) {
                log.atWarn().addKeyValue("error", e.toString()).log("A part of the role did not stop in order");
            }
        }
    }
}
