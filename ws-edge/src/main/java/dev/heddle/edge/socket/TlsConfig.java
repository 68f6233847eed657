package dev.heddle.edge.socket;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * TLS on the public port, which is off without the two files.
 *
 * @param certificate the PEM file with the certificate and, after it, those that lead to the issuer's; null for no TLS
 * @param key the PEM file with the private key (PKCS 8) of the certificate; null for no TLS
 * @param reload the interval at which the two files are checked; after a change new connections get the new
 *     certificate, and existing ones go on
 */
public record TlsConfig(
        @Nullable String certificate, @Nullable String key, Duration reload) {

    public TlsConfig {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("http.tls.certificate and http.tls.key go together");
        }
        if (reload.toMillis() < 100) {
            throw new IllegalArgumentException("http.tls.reload must be at least 100ms");
        }
    }

    /** No TLS. */
    public static TlsConfig none() {
        return new TlsConfig(null, null, Duration.ofMinutes(1));
    }

    /** True if the public port speaks TLS. */
    public boolean serves() {
        return certificate != null;
    }
}
