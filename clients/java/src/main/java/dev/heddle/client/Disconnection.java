package dev.heddle.client;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection, or of an attempt to connect.
 *
 * @param code the close code; 1006 if the connection broke or did not come about
 * @param reason the text of the close frame, or of the exception
 * @param cause the exception, if there was one
 */
public record Disconnection(
        int code, String reason, @Nullable Throwable cause) {
    /** The code of a broken connection, which no close frame has. */
    public static final int BROKEN = 1006;

    static final int UNAUTHENTICATED = 4401;
    static final int LOG_CHANGED = 4410;

    private static final Set<Integer> FINAL = Set.of(1002, 1007, 4400, 4403, 4409, 4413);

    static Disconnection broken(Throwable cause) {
        return new Disconnection(BROKEN, String.valueOf(cause.getMessage()), cause);
    }

    /** True if the client must not reconnect. */
    public boolean isFinal() {
        return FINAL.contains(code);
    }
}
