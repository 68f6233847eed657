package dev.heddle.replay;

import dev.heddle.testing.Background;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** {@code tail} in a process of its own, which a test can send signals. */
final class TailProcess implements AutoCloseable {
    /** Instead of a line when there are no more. */
    static final String END = "(end)";

    private static final long LIMIT_SECONDS = 60;

    private final Process process;
    private final BufferedReader out;
    private final BufferedReader err;

    private TailProcess(Process process) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.err = process.errorReader(StandardCharsets.UTF_8);
    }

    static TailProcess start(String... arguments) {
        List<String> all = new ArrayList<>(List.of("tail"));
        all.addAll(List.of(arguments));
        try {
            return new TailProcess(ToolProcess.of(List.of("-Xmx128m"), all.toArray(String[]::new))
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String line() {
        return read(out);
    }

    /** The next line that the command itself says; what libraries log is passed over. */
    String talk() {
        String line = read(err);
        while (!line.startsWith("tail: ")) {
            if (line.equals(END)) {
                throw new AssertionError("the command says no more");
            }
            line = read(err);
        }
        return line;
    }

    private static String read(BufferedReader from) {
        return Background.supply(() -> {
                    try {
                        return Objects.requireNonNullElse(from.readLine(), END);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /**
     * Sends SIGTERM, by the handle, because {@link Process#destroy()} would close the streams as well; gives the exit
     * code.
     */
    int terminate() {
        process.toHandle().destroy();
        return end();
    }

    /** Nobody reads its standard output any more. */
    void closePipe() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for its own end and gives the exit code. */
    int end() {
        return process.onExit()
                .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .join()
                .exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
