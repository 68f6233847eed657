package dev.heddle.testing;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The end of a test whose program this machine lacks (Node, Python, HAProxy, a browser). The test is skipped visibly;
 * it fails in continuous integration (the variable {@code CI=true}) and with {@code -Dheddle.tools=required}.
 */
public final class MissingTool {
    private static final String SWITCH = "heddle.tools";

    private MissingTool() {}

    /**
     * Ends the calling test.
     *
     * @param what is missing, as a sentence
     * @return nothing, for it never returns
     */
    public static String end(String what) {
        if (areRequired(System.getenv("CI"), System.getProperty(SWITCH))) {
            throw new AssertionError(
                    what + ", and no test may be skipped here (CI=true, or -D" + SWITCH + "=required)");
        }
        System.out.println("skipped: " + what);
        return Assumptions.abort(what);
    }

    static boolean areRequired(@Nullable String ci, @Nullable String property) {
        return "required".equals(property) || (property == null && "true".equals(ci));
    }
}
