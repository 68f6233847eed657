package dev.heddle.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a model, behind any endpoint that speaks the Chat Completions API.
 *
 * @param baseUrl up to and without {@code /chat/completions}
 * @param model the model's name there
 * @param keyFile the file that holds the key, or null for an endpoint that wants none
 * @param timeout how long the endpoint may take to begin its answer
 */
public record ModelConfig(
        String baseUrl, String model, @Nullable String keyFile, Duration timeout) {

    /** A model that takes longer to begin is taken for unreachable. */
    public static final Duration TIMEOUT = Duration.ofSeconds(60);

    public ModelConfig {
        if (!isHttp(baseUrl)) {
            throw new IllegalArgumentException("the model's base URL must be an http or https URL, not " + baseUrl);
        }
        if (model.isBlank()) {
            throw new IllegalArgumentException("the model must have a name");
        }
        if (timeout.toMillis() < 1) {
            throw new IllegalArgumentException("the model's timeout must be positive");
        }
    }

    private static boolean isHttp(String url) {
        try {
            URI uri = URI.create(url);
            return uri.getHost() != null
                    && ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * The model, of which an answer is whole or failed. Reads the key now; connects when it is first asked.
     *
     * @throws IllegalArgumentException if the key file cannot be read or is empty
     */
    public StreamingChatModel streaming() {
        return new WholeAnswers(OpenAiStreamingChatModel.builder()
                .baseUrl(baseUrl)
                .apiKey(key())
                .modelName(model)
                .timeout(timeout)
                .returnThinking(true)
                .build());
    }

    private @Nullable String key() {
        if (keyFile == null) {
            return null;
        }
        String key;
        try {
            key = Files.readString(Path.of(keyFile), StandardCharsets.UTF_8).strip();
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException("the model's key file " + keyFile + " cannot be read", e);
        }
        if (key.isEmpty()) {
            throw new IllegalArgumentException("the model's key file " + keyFile + " is empty");
        }
        return key;
    }
}
