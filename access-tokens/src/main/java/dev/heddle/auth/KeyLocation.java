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

/**
 * Where a JWK set is: a file, or the one configured address. Reading blocks, for an address at most {@link #PATIENCE}; redirects are not followed, and what is larger than
 * {@value #MAX_BYTES} bytes is not taken.
 */
sealed interface KeyLocation {

    /** The most that a JWK set may have. */
    int MAX_BYTES = 256 * 1024;

    /** How long an answer from an address may take. */
    Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * The keys as they are now.
     *
     * @throws UnusableKeysException with one line that says what is wrong, and never what was read
     */
    VerificationKeys read();

    static KeyLocation file(String path) {
        return new OfFile(path);
    }

    static KeyLocation url(String url) {
        return new OfUrl(
                URI.create(url),
                HttpClient.newBuilder()
                        .connectTimeout(PATIENCE)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build());
    }

    /** A file. */
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

    /** An address. */
    record OfUrl(URI uri, HttpClient client) implements KeyLocation {
        @Override
        public VerificationKeys read() {
            String where = "the key address " + uri;
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .timeout(PATIENCE)
                    .header("Accept", "application/jwk-set+json, application/json")
                    .build();
            try {
                HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
                try (InputStream body = response.body()) {
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
    }
}
