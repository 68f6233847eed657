package dev.heddle.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Processes of their own, ended by signals. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no signals there")
class UntilStoppedTest {

    private static final int SIGTERM = 15;
    private static final int SIGINT = 2;
    private static final int PATIENCE_SECONDS = 30;

    /** What the process under test does while it is stopped. */
    enum Ending {
        ORDERLY,
        NEVER,
        FAILING,
        BY_ITSELF
    }

    /** The process under test. */
    static final class Served {
        private Served() {}

        public static void main(String[] arguments) {
            Ending ending = Ending.valueOf(arguments[0]);
            CompletableFuture<Throwable> failure = new CompletableFuture<>();
            if (ending == Ending.BY_ITSELF) {
                failure.complete(new IllegalStateException("it broke"));
            }
            try {
                System.exit(UntilStopped.serve(() -> stop(ending), () -> say("ready"), failure));
            } catch (ProcessFailedException e) {
                say(String.valueOf(e.getMessage()));
                System.exit(ExitCode.FAILED);
            }
        }

        private static void stop(Ending ending) throws InterruptedException {
            say("stopping");
            if (ending == Ending.NEVER) {
                new CountDownLatch(1).await();
            } else if (ending == Ending.FAILING) {
                throw new IllegalStateException("cannot");
            }
        }

        private static void say(String line) {
            System.out.println(line);
            System.out.flush();
        }
    }

    private static Process launch(Ending ending) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Served.class.getName(),
                        ending.name())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void signal(Process process, int number) throws IOException, InterruptedException {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + number, Long.toString(process.pid()))
                        .start()
                        .waitFor());
    }

    private static void expect(BufferedReader output, String line) throws IOException {
        assertEquals(line, output.readLine());
    }

    private static void assertEnds(Process process, int code) throws InterruptedException {
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it goes on");
        assertEquals(code, process.exitValue());
    }

    private static int exitCode(Ending ending, int signal) throws IOException, InterruptedException {
        Process process = launch(ending);
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            expect(output, "ready");
            signal(process, signal);
            expect(output, "stopping");
            assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it goes on");
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aStopInOrderIsNoFailure() throws IOException, InterruptedException {
        assertEquals(ExitCode.OK, exitCode(Ending.ORDERLY, SIGTERM));
        assertEquals(ExitCode.OK, exitCode(Ending.ORDERLY, SIGINT));
    }

    @Test
    void aStopThatFailsIsOne() throws IOException, InterruptedException {
        assertEquals(ExitCode.FAILED, exitCode(Ending.FAILING, SIGTERM));
    }

    @Test
    void aSecondSignalEndsItAtOnce() throws IOException, InterruptedException {
        Process process = launch(Ending.NEVER);
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            expect(output, "ready");
            signal(process, SIGTERM);
            expect(output, "stopping");
            signal(process, SIGTERM);
            assertEnds(process, 128 + SIGTERM);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void whatGivesUpByItselfSaysWhy() throws IOException, InterruptedException {
        Process process = launch(Ending.BY_ITSELF);
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            expect(output, "ready");
            expect(output, "stopping");
            expect(output, "it broke");
            assertEnds(process, ExitCode.FAILED);
        } finally {
            process.destroyForcibly();
        }
    }
}
