package dev.heddle.edge.protocol;

/** The WebSocket close codes of {@code heddle.v1}, each with the reason text that goes beside it on the wire. */
public enum CloseCode {
    NORMAL(1000, "normal"),
    PROTOCOL_ERROR(1002, "broken WebSocket framing"),
    INVALID_UTF8(1007, "text that is not UTF-8"),
    GOING_AWAY(4001, "draining or maximum age reached"),
    BAD_REQUEST(4400, "bad frame or parameter"),
    UNAUTHENTICATED(4401, "token missing, invalid, expired, revoked or in the URL"),
    FORBIDDEN(4403, "origin or user not allowed"),
    HEARTBEAT_MISSED(4408, "heartbeat missed"),
    REPLACED(4409, "too many connections of this user"),
    LOG_CHANGED(4410, "the log changed under the session"),
    TOO_LARGE(4413, "frame too large"),
    TOO_MANY(4429, "too many frames or connects"),
    INTERNAL(4500, "internal"),
    UNAVAILABLE(4503, "not ready");

    private final int code;
    private final String reason;

    CloseCode(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    /** The number in the close frame. */
    public int code() {
        return code;
    }

    /** The text in the close frame: fixed, at most 123 bytes of ASCII, never anything a client sent. */
    public String reason() {
        return reason;
    }

    /**
     * The plain HTTP status that a request gets which did not offer {@code heddle.v1}.
     *
     * @return 400, 401, 403, 429 or 503; codes that only a living connection can end with count as 503
     */
    public int httpStatus() {
        return switch (this) {
            case BAD_REQUEST, TOO_LARGE, PROTOCOL_ERROR, INVALID_UTF8 -> 400;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case TOO_MANY, REPLACED -> 429;
            default -> 503;
        };
    }
}
