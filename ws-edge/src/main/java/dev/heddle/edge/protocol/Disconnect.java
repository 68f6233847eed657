package dev.heddle.edge.protocol;

import java.util.Locale;

/**
 * The cause for which a connection ended or a request for one was refused: the label of the disconnect metric, and by
 * {@link #code()} the close code that the client gets. Several causes share one code, because a client needs less
 * detail than an operator.
 */
public enum Disconnect {
    CLIENT_CLOSED(CloseCode.NORMAL),
    CONNECTION_LOST(CloseCode.NORMAL),
    /** A response has delivered all there was to deliver. */
    COMPLETE(CloseCode.NORMAL),
    DRAINING(CloseCode.GOING_AWAY),
    MAXIMUM_AGE(CloseCode.GOING_AWAY),
    BROKEN_FRAMING(CloseCode.PROTOCOL_ERROR),
    TEXT_NOT_UTF8(CloseCode.INVALID_UTF8),
    FRAME_TOO_LARGE(CloseCode.TOO_LARGE),
    BINARY_FRAME(CloseCode.BAD_REQUEST),
    BAD_FRAME(CloseCode.BAD_REQUEST),
    BAD_PARAMETER(CloseCode.BAD_REQUEST),
    TOKEN_IN_URL(CloseCode.UNAUTHENTICATED),
    TOKEN_MISSING(CloseCode.UNAUTHENTICATED),
    TOKEN_INVALID(CloseCode.UNAUTHENTICATED),
    TOKEN_EXPIRED(CloseCode.UNAUTHENTICATED),
    TOKEN_REVOKED(CloseCode.UNAUTHENTICATED),
    USER_NOT_ALLOWED(CloseCode.FORBIDDEN),
    USER_CHANGED(CloseCode.FORBIDDEN),
    ORIGIN_NOT_ALLOWED(CloseCode.FORBIDDEN),
    HEARTBEAT_MISSED(CloseCode.HEARTBEAT_MISSED),
    REPLACED_BY_NEWER(CloseCode.REPLACED),
    LOG_CHANGED(CloseCode.LOG_CHANGED),
    TOO_MANY_FRAMES(CloseCode.TOO_MANY),
    TOO_MANY_CONNECTIONS(CloseCode.TOO_MANY),
    TOO_MANY_CONNECTS(CloseCode.TOO_MANY),
    FOREIGN_EVENT(CloseCode.INTERNAL),
    INTERNAL_ERROR(CloseCode.INTERNAL),
    NOT_READY(CloseCode.UNAVAILABLE),
    LOG_AWAY(CloseCode.UNAVAILABLE);

    private final CloseCode code;
    private final String label;

    Disconnect(CloseCode code) {
        this.code = code;
        this.label = name().toLowerCase(Locale.ROOT);
    }

    /** The close code for the client. */
    public CloseCode code() {
        return code;
    }

    /** The value of the metric's {@code cause} tag. */
    public String label() {
        return label;
    }
}
