package dev.heddle.langchain4j;

/** The model's stream ended before the model had said that it was done. */
public final class TruncatedAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TruncatedAnswerException() {
        super("the model's stream ended without a reason to finish");
    }
}
