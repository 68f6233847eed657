package dev.heddle.executor;

import dev.heddle.testing.Background;
import dev.heddle.testing.TestJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** An executor in a process of its own, which a test may kill. */
final class ExecutorProcess implements AutoCloseable {

    private final Process process;

    private ExecutorProcess(Process process) {
        this.process = process;
    }

    /** What the process runs. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ExecutorCommand()).execute(arguments));
    }

    /** Returns when the process has printed {@code ready}. */
    static ExecutorProcess start(String bootstrap, String... sets) {
        ExecutorProcess executor = launch(bootstrap, sets);
        executor.awaitReady();
        return executor;
    }

    /** Returns at once, for {@link #awaitReady} to be called: several start side by side. */
    static ExecutorProcess launch(String bootstrap, String... sets) {
        List<String> command = TestJvm.command(
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                ExecutorProcess.class.getName(),
                "--bootstrap",
                bootstrap);
        for (String set : sets) {
            command.addAll(List.of("--set", set));
        }
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return new ExecutorProcess(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when it has printed {@code ready}. */
    void awaitReady() {
        Background.run(this::readUntilReady).orTimeout(60, TimeUnit.SECONDS).join();
    }

    private void readUntilReady() {
        try {
            BufferedReader out = process.inputReader();
            for (String line = out.readLine(); !"ready".equals(line); line = out.readLine()) {
                if (line == null) {
                    throw new AssertionError("the executor ended before it was ready");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it as {@code kill -9} does, and waits until it is gone. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Sends it a signal by name, such as STOP or CONT. */
    void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("no signal " + name + " to process " + process.pid());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Asks it to stop as {@code kill} does, and gives its exit code. */
    int terminate() {
        process.destroy();
        return process.onExit().join().exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}
