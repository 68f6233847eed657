package dev.heddle.local;

import dev.heddle.process.ExitCode;
import dev.heddle.process.VisibleText;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Standard output that keeps the exception of the first failed write, which {@link PrintStream} hides. A closed pipe is
 * no failure, so that {@code heddle replay … | head} succeeds; a full disk is a failure of the command. Any thread.
 */
final class StandardOutput extends FilterOutputStream {
    private static final int BUFFER = 8_192;
    /** The operating system's message for a closed pipe; Java has no exception of its own for it. */
    private static final String NO_READER = "Broken pipe";

    private volatile @Nullable IOException failure;

    StandardOutput(OutputStream out) {
        super(out);
    }

    /** Replaces {@link System#out}, in UTF-8. */
    static StandardOutput install() {
        StandardOutput output = new StandardOutput(new FileOutputStream(FileDescriptor.out));
        System.setOut(output.print());
        return output;
    }

    /** A print stream into it that flushes after each line. */
    PrintStream print() {
        return new PrintStream(new BufferedOutputStream(this, BUFFER), true, StandardCharsets.UTF_8);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            if (failure == null) {
                failure = e;
            }
            throw e;
        }
    }

    /** Flushes the output and returns the command's exit code, which is a failure if output was lost. */
    int judged(int code, String command) {
        System.out.flush();
        IOException lost = failure;
        if (lost == null || NO_READER.equals(lost.getMessage())) {
            return code;
        }
        System.err.println(
                "heddle " + VisibleText.line(command) + ": standard output cannot be written: " + lost.getMessage());
        return code == ExitCode.OK ? ExitCode.FAILED : code;
    }
}
