package dev.heddle.replay.output;

/**
 * The outputs that go to a terminal. The {@code heddle} script tells: Java cannot ask for standard error.
 *
 * @param colours whether standard output may have colours
 * @param progress whether standard error may have a line that is written over
 */
public record Terminal(boolean colours, boolean progress) {
    /** Neither. */
    public static final Terminal NONE = new Terminal(false, false);

    /** What the script said. */
    public static Terminal found() {
        return new Terminal(Boolean.getBoolean("heddle.colours"), Boolean.getBoolean("heddle.progress"));
    }
}
