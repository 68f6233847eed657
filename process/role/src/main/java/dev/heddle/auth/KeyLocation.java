package dev.heddle.auth;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The location of a JWK set: a file, or the one configured address. Reading blocks, for an address at most twice
 * {@link #PATIENCE}: until the answer's head, and from there to its end; redirects are not followed, and a set of more
 * than {@value #MAX_BYTES} bytes is refused.
 */
sealed interface KeyLocation {

    /** The largest JWK set, in bytes. */
    int MAX_BYTES = 256 * 1024;

    /** The time limit for the head of an answer from an address, and again for its body. */
    Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * Reads the present keys.
     *
     * @throws UnusableKeysException with one line that never shows the content
     */
    VerificationKeys read();

    static KeyLocation file(String path) {
        return new OfFile(path);
    }

    static KeyLocation url(String url) {
        return url(url, PATIENCE);
    }

    /** An address with another time limit. */
    static KeyLocation url(String url, Duration patience) {
        return new OfUrl(
                URI.create(url),
                HttpClient.newBuilder()
                        .connectTimeout(patience)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build(),
                patience);
    }

    /** A JWK set in a file. */
    record OfFile(String file) implements KeyLocation {
        @Override
        public VerificationKeys read() {
            try {
                Path path = Path.of(file);
                if (!Files.isRegularFile(path)) {
                    throw new UnusableKeysException("the key file " + file + " does not exist");
                }
                if (Files.size(path) > MAX_BYTES) {
                    throw new UnusableKeysException("the key file " + file + " is larger than " + MAX_BYTES + " bytes");
                }
                return VerificationKeys.parse(Files.readString(path, StandardCharsets.UTF_8), "the key file " + file);
            } catch (IOException | InvalidPathException e) {
                throw new UnusableKeysException("the key file " + file + " cannot be read");
            }
        }
    }

    /** A JWK set at an address. */
    record OfUrl(URI uri, HttpClient client, Duration patience) implements KeyLocation {
        @Override
        public VerificationKeys read() {
            String where = "the key address " + uri;
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .timeout(patience)
                    .header("Accept", "application/jwk-set+json, application/json")
                    .build();
            try {
                HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
                try (InputStream body = response.body()) {
                    // The request's time-out ends with the head: a body that trickles must not delay the waiting
                    // tokens.
                    CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS)
                            .execute(() -> cut(body));
                    if (response.statusCode() != 200) {
                        throw new UnusableKeysException(where + " answered " + response.statusCode());
                    }
                    byte[] bytes = body.readNBytes(MAX_BYTES + 1);
                    if (bytes.length > MAX_BYTES) {
                        throw new UnusableKeysException(where + " sent more than " + MAX_BYTES + " bytes");
                    }
                    return VerificationKeys.parse(new String(bytes, StandardCharsets.UTF_8), where);
                }
            } catch (IOException e) {
                throw new UnusableKeysException(
                        where + " cannot be read: " + e.getClass().getSimpleName());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UnusableKeysException(where + " was not read: interrupted");
            }
        }

        private static void cut(InputStream body) {
            try {
                body.close();
            } catch (IOException e) {
                // The reader gets the same exception.
            }
        }
    }
}
