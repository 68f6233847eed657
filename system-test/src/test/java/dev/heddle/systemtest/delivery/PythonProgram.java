package dev.heddle.systemtest.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import dev.heddle.testing.MissingTool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A program of {@code interop-python/} at work, spoken to line by line; ended when it is closed. Where Python or its
 * library is missing the test is skipped, visibly.
 */
final class PythonProgram implements AutoCloseable {

    private static final String LIBRARY = "import websockets";

    private final Process process;
    private final BufferedReader lines;

    private PythonProgram(Process process) {
        this.process = process;
        this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts one with its first line. */
    static PythonProgram start(String name, ObjectNode plan) {
        ProcessBuilder builder = new ProcessBuilder(python(), name)
                .directory(Path.of("interop-python").toAbsolutePath().toFile())
                .redirectErrorStream(true);
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        try {
            PythonProgram program = new PythonProgram(builder.start());
            program.say(plan.toString());
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs one to its end, which must be a good one. */
    static void judge(String name, ObjectNode plan) {
        try (PythonProgram program = start(name, plan)) {
            program.process.getOutputStream().close();
            String said = String.join("\n", program.lines.lines().toList());
            System.out.println(said);
            assertEquals(0, program.process.waitFor(), said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private void say(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Waits for this line, which must be the next. */
    void expect(String line) {
        try {
            assertEquals(line, lines.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says a line, and gives the answer. */
    JsonNode ask(String line) {
        try {
            say(line);
            String answer = String.valueOf(lines.readLine());
            System.out.println(line + ": " + answer);
            return Json.parseObject(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }

    /** A Python that has the library: the first one on the PATH may be another than the system's. */
    private static String python() {
        for (String candidate : List.of("python3", "/usr/bin/python3")) {
            if (runs(candidate, "-c", LIBRARY)) {
                return candidate;
            }
        }
        return skipped("Python with the library websockets");
    }

    /** Whether a command can be run and says that it is well. */
    static boolean runs(String... command) {
        try {
            return new ProcessBuilder(List.of(command))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Skips the test, visibly, where a program is not installed; or fails it where nothing may be skipped. */
    static String skipped(String what) {
        return MissingTool.end("there is no " + what);
    }
}
