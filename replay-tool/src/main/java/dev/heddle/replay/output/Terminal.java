package dev.heddle.replay.output;

/**
 * The outputs that go to a terminal. The {@code heddle} script detects them, because Java cannot for standard error.
 *
 * @param colours whether standard output may have colours
 * @param progress whether standard error may have a line that is written over
 */
public record Terminal(boolean colours, boolean progress) {
    /** No output goes to a terminal. */
    public static final Terminal NONE = new Terminal(false, false);

    /** The outputs that the script detected. */
    public static Terminal found() {
        return new Terminal(Boolean.getBoolean("heddle.colours"), Boolean.getBoolean("heddle.progress"));
    }
}
