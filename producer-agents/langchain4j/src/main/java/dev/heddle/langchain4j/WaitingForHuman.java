package dev.heddle.langchain4j;

/**
 * The signal that the work cannot go on before a person has answered: the run is to end with the outcome
 * {@code interrupt}. Code in between must not catch it.
 */
public final class WaitingForHuman extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Question question;

    WaitingForHuman(Question question) {
        super("waiting for an answer to " + question.id());
        this.question = question;
    }

    Question question() {
        return question;
    }

    /** True if a wait for a person is among the causes of the failure. */
    static boolean caused(Throwable failure) {
        return Causes.find(failure, WaitingForHuman.class) != null;
    }
}
