package dev.heddle.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    /**
     * Whoever has no job control starts what is in the background with SIGINT ignored, and then so do its children: a
     * JVM does not hear it.
     */
    private static final List<String> HEARING_SIGINT = List.of("env", "--default-signal=INT");

    private static Process launch(Ending ending) throws IOException {
        return launch(List.of(), ending);
    }

    /** It ends with the test's patience, so that nobody waits for ever for what it does not say. */
    private static Process launch(List<String> by, Ending ending) throws IOException {
        List<String> command = new ArrayList<>(by);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Served.class.getName(),
                ending.name()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS).execute(process::destroyForcibly);
        return process;
    }

    private static boolean succeeds(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
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

    private static int exitCode(Process process, int signal) throws IOException, InterruptedException {
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
        assertEquals(ExitCode.OK, exitCode(launch(Ending.ORDERLY), SIGTERM));
    }

    @Test
    void neitherIsOneFromTheKeyboard() throws IOException, InterruptedException {
        List<String> tried = new ArrayList<>(HEARING_SIGINT);
        tried.add("true");
        assumeTrue(succeeds(tried), "env knows no --default-signal here, so SIGINT may be ignored");
        assertEquals(ExitCode.OK, exitCode(launch(HEARING_SIGINT, Ending.ORDERLY), SIGINT));
    }

    @Test
    void aStopThatFailsIsOne() throws IOException, InterruptedException {
        assertEquals(ExitCode.FAILED, exitCode(launch(Ending.FAILING), SIGTERM));
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
