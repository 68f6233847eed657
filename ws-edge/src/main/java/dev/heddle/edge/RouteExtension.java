package dev.heddle.edge;

import io.vertx.ext.web.Router;

/** Routes that a process adds to its edge's public port, such as the local stack's console. */
public interface RouteExtension {

    /**
     * Adds routes. Called once for each event loop; the handlers run there and must not block.
     *
     * @param router the edge's own, whose routes come first
     */
    void mount(Router router);
}
