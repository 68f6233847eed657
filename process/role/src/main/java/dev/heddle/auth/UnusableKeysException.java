package dev.heddle.auth;

/** The verification keys are missing or cannot be used; the message is one line for the operator. */
public final class UnusableKeysException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableKeysException(String message) {
        super(message);
    }

    /** Nothing is configured to verify with. */
    static UnusableKeysException none() {
        return new UnusableKeysException("no key to verify tokens with: give --key FILE or auth.keys, a JWK set"
                + " (heddle keygen makes one for development), or auth.keysUrl, its address");
    }
}
