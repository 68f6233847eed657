package dev.heddle.edge.socket;

import dev.heddle.edge.protocol.Disconnect;
import dev.heddle.edge.protocol.RejectCode;
import java.util.Locale;

/**
 * The refusal of a request, answered as JSON {@code {"code","message"}}.
 *
 * @param status HTTP's
 * @param code a word for programs
 * @param message a sentence for people; nothing of the request
 */
public record Refusal(int status, String code, String message) {

    /** The refusal of a request that is not understood. */
    public static Refusal invalid(String message) {
        return new Refusal(400, "invalid", message);
    }

    /** The refusal of a command. */
    public static Refusal of(RejectCode code, String message) {
        int status =
                switch (code) {
                    case INVALID -> 400;
                    case FORBIDDEN -> 403;
                    case UNKNOWN_AGENT -> 404;
                    case ALREADY_RESOLVED -> 409;
                    case TOO_LARGE -> 413;
                    case RATE_LIMITED -> 429;
                    case UNAVAILABLE -> 503;
                };
        return new Refusal(status, code.word(), message);
    }

    static Refusal of(Disconnect cause) {
        String code =
                switch (cause.code()) {
                    case BAD_REQUEST -> "invalid";
                    case TOO_MANY -> "rate_limited";
                    case UNAUTHENTICATED, FORBIDDEN -> cause.code().name().toLowerCase(Locale.ROOT);
                    default -> "unavailable";
                };
        return new Refusal(cause.code().httpStatus(), code, cause.code().reason());
    }
}
