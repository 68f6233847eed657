package dev.heddle.auth;

/** Thrown when verification keys are missing or unusable; the message is one line for the operator. */
public final class UnusableKeysException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableKeysException(String message) {
        super(message);
    }

    /** The exception for a configuration without a key to verify with. */
    static UnusableKeysException none() {
        return new UnusableKeysException("no key to verify tokens with: give --key FILE or auth.keys, a JWK set"
                + " (heddle keygen makes one for development), or auth.keysUrl, its address");
    }
}
