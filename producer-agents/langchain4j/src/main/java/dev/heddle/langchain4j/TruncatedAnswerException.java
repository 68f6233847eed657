package dev.heddle.langchain4j;

/** The failure of a model's stream that ended without a reason to finish. */
public final class TruncatedAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TruncatedAnswerException() {
        super("the model's stream ended without a reason to finish");
    }
}
