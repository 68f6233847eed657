package dev.heddle.edge.protocol;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A text frame of a client; {@link Bad} is a value like the others, not an exception. */
public sealed interface ClientFrame {

    /**
     * A command, not yet looked into: the whole frame, whose {@code id} is known to be usable for an answer.
     *
     * @param id 1 to 128 characters
     */
    record Command(String id, ObjectNode body) implements ClientFrame {}

    /** A fresh token for the connection. */
    record Token(String token) implements ClientFrame {
        /** Never shows the token. */
        @Override
        public String toString() {
            return "Token[…]";
        }
    }

    /** A sign of life that asks for an answer. */
    record Ping() implements ClientFrame {}

    /** Not a frame of this protocol; {@code why} is fixed text for the log and has nothing of the client's. */
    record Bad(String why) implements ClientFrame {}
}
