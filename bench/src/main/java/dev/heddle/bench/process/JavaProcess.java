package dev.heddle.bench.process;

import dev.heddle.bench.BenchFailedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A Java program in a process of its own, with the class path of this one. It prints a {@code ready} line on standard
 * output, answers lines on its standard input, and writes its standard error to a file. Used by one thread.
 */
public final class JavaProcess implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(15);
    private static final int LAST_LINES = 5;
    private static final String END = "\0";

    private final Program program;
    private final Path talk;
    private final Path collections;
    private final int probePort;
    private final Process process;
    private final Writer input;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Thread atExit;
    private final JvmProbe probe;
    private final String ready;

    /**
     * A program to run.
     *
     * @param name for messages and files; different for processes that run at the same time
     * @param jvm options of the JVM, before the class
     */
    public record Program(String name, String mainClass, List<String> jvm, List<String> arguments) {}

    private JavaProcess(Program program, Path directory, Duration limit) {
        this.program = program;
        this.talk = directory.resolve(program.name() + ".log");
        this.collections = directory.resolve(program.name() + ".gc.log");
        this.probePort = FreePort.next();
        this.process = start();
        this.input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        this.atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
        Thread reader = new Thread(this::readAll, program.name() + "-output");
        reader.setDaemon(true);
        reader.start();
        this.ready = awaitReady(limit);
        this.probe = new JvmProbe(probePort);
    }

    /** Starts a program and waits until it has printed {@code ready …}. */
    public static JavaProcess launch(Program program, Path directory, Duration limit) {
        return new JavaProcess(program, directory, limit);
    }

    private Process start() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xlog:disable", "-Xlog:all=error:stderr", "-Xlog:gc:file=" + collections, "-Dfile.encoding=UTF-8"));
        command.addAll(program.jvm());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("-D" + Observed.PORT + "=" + probePort, Observed.class.getName(), program.mainClass()));
        command.addAll(program.arguments());
        try {
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(talk.toFile()))
                    .start();
        } catch (IOException e) {
            throw new BenchFailedException("cannot start " + program.name() + ": " + e.getMessage(), e);
        }
    }

    private void readAll() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // It has been ended.
        }
        lines.add(END);
    }

    private String awaitReady(Duration limit) {
        try {
            String line = take(limit);
            if (line.startsWith("ready")) {
                return line.substring("ready".length()).strip();
            }
            throw new BenchFailedException(program.name() + " is not ready, but says: " + line + lastTalk());
        } catch (BenchFailedException e) {
            end();
            throw e;
        }
    }

    private String take(Duration limit) {
        try {
            String line = lines.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (line == null) {
                throw new BenchFailedException(program.name() + " said nothing for " + limit + lastTalk());
            }
            if (line.equals(END)) {
                throw new BenchFailedException(program.name() + " has ended" + lastTalk());
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailedException("interrupted", e);
        }
    }

    private String lastTalk() {
        try {
            List<String> all = Files.readAllLines(talk);
            return all.isEmpty()
                    ? ""
                    : ": " + String.join(" | ", all.subList(Math.max(0, all.size() - LAST_LINES), all.size()));
        } catch (IOException e) {
            return "";
        }
    }

    /** The rest of the program's {@code ready} line. */
    public String ready() {
        return ready;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The probe of the resources that the process uses. */
    public JvmProbe probe() {
        return probe;
    }

    /** The garbage collector's pauses so far. */
    public GcPauses pauses() {
        return GcPauses.in(collections);
    }

    /** Writes a line to the program and waits for its answer of one line. */
    public String ask(String line, Duration limit) {
        try {
            input.write(line + "\n");
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return take(limit);
    }

    /** Kills the process at once, as {@code kill -9} does, and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        probe.close();
        end();
    }

    private void end() {
        process.destroy();
        try {
            if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
