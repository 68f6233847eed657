package dev.heddle.executor;

/**
 * What the JSON Patches of one thread may cost: the size of a document, and the work that a patch causes beyond its own
 * size, as {@code copy} does. The work that is allowed grows with the patches themselves, so a thread costs in
 * proportion to what the log holds of it. For one thread of execution.
 */
final class PatchBudget {

    /** How deeply a patched document may be nested: a run's input with it can still be written and read. */
    static final int MAX_DEPTH = 480;

    /** So many elements of an array are moved for the cost of one byte. */
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

    /** Adds what a patch of this weight may cost. */
    void earn(long patchBytes) {
        left += FOR_EACH_BYTE * patchBytes;
    }

    /** Takes the cost of one operation; false if there is not so much left. */
    boolean spend(long cost) {
        if (cost > left) {
            return false;
        }
        left -= cost;
        return true;
    }
}
