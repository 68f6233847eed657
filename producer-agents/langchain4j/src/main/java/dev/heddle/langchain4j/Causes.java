package dev.heddle.langchain4j;

import org.jspecify.annotations.Nullable;

/** The search among an exception's causes: LangChain4j wraps exceptions in several layers. */
final class Causes {
    private static final int DEEPEST = 32;

    private Causes() {}

    static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < DEEPEST; depth++) {
            if (type.isInstance(at)) {
                return type.cast(at);
            }
            at = at.getCause();
        }
        return null;
    }
}
