package dev.heddle.role;

/** Thrown when a role did not start or stop; the message is one line for the operator. */
public final class RoleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RoleException(String message) {
        super(message);
    }

    public RoleException(String message, Throwable cause) {
        super(message, cause);
    }
}
