package dev.heddle.edge.socket;

import dev.heddle.auth.TokenVerdict.Verified;
import dev.heddle.edge.hub.Session;
import dev.heddle.edge.protocol.Disconnect;

/**
 * The state of a connection. A refused request has none.
 *
 * <pre>
 *   upgraded
 *      |
 *      v          hub knows the start,
 *   BEGINNING ----- hello written -----&gt; LIVE --+
 *      |                                  |  ^  | token renewed
 *      |  any cause                       |  +--+
 *      +---------------+------------------+
 *                      v                  |
 *                   CLOSING               | the peer hung up,
 *                      |  socket gone     | or the network did
 *                      v                  |
 *                   CLOSED &lt;--------------+
 * </pre>
 *
 * <p>Only the transitions that are methods here exist. {@code CLOSING} has sent its close frame and delivers nothing
 * more; it lasts until the peer answers or the close time-out cuts the socket.
 */
sealed interface StreamState {

    /** A connection that has not been told to end. */
    sealed interface Open extends StreamState {
        /** The verified user; another token may follow, another user never. */
        Verified who();

        /** The state after the edge has ended the connection. */
        default Closing closing(Disconnect cause) {
            return new Closing(cause);
        }

        /** The state after the peer has ended it. */
        default Closed closed(Disconnect cause) {
            return new Closed(cause);
        }
    }

    /** Upgraded; the hub is deciding where it begins. The client's frames wait. */
    record Beginning(Verified who) implements Open {
        Live live(Session session) {
            return new Live(who, session);
        }
    }

    /** {@code hello} has been written and the session delivers. */
    record Live(Verified who, Session session) implements Open {
        Live renewed(Verified fresh) {
            return new Live(fresh, session);
        }
    }

    /** Told to end, for this cause. */
    record Closing(Disconnect cause) implements StreamState {
        Closed closed() {
            return new Closed(cause);
        }
    }

    /** The connection is gone. */
    record Closed(Disconnect cause) implements StreamState {}
}
