package dev.heddle.executor;

/**
 * The allowed cost of the JSON Patches of one AG-UI thread: the size of a document, and the work that a patch causes
 * beyond its own size, as {@code copy} does. The work that is allowed grows with the patches themselves, so a AG-UI
 * thread costs in proportion to its events in the log. Not thread-safe.
 */
final class PatchBudget {

    /** The deepest nesting of a patched document: a run's input that contains it can still be written and read. */
    static final int MAX_DEPTH = 480;

    /** The number of array elements that are moved for the cost of one byte. */
    static final int MOVES_FOR_ONE = 16;

    private static final int FOR_EACH_BYTE = 64;
    private static final int DOCUMENTS = 8;

    private final long documentBytes;
    private long left;

    /** @param documentBytes the largest document that patches may make, as {@link JsonWeight} counts */
    PatchBudget(long documentBytes) {
        this.documentBytes = documentBytes;
        this.left = DOCUMENTS * documentBytes;
    }

    long documentBytes() {
        return documentBytes;
    }

    /** Adds the cost that a patch of this weight allows. */
    void earn(long patchBytes) {
        left += FOR_EACH_BYTE * patchBytes;
    }

    /** Takes the cost of one operation; false, and nothing taken, if less than that is left. */
    boolean spend(long cost) {
        if (cost > left) {
            return false;
        }
        left -= cost;
        return true;
    }
}
