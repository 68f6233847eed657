package dev.heddle.systemtest.delivery;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM holds at one moment, after a full collection.
 *
 * @param liveBytes the live heap
 * @param classes the live instances of each class
 * @param threads the threads of the process, those of the JVM included
 * @param descriptors the open file descriptors
 * @param residentBytes the memory of the process that is in RAM
 * @param nativeBytes direct buffers and other memory that Java code allocates outside the heap
 */
record ResourceSample(
        long liveBytes,
        Map<String, Instances> classes,
        int threads,
        int descriptors,
        long nativeBytes,
        long residentBytes) {
    /** The option that a JVM needs for {@link #nativeBytes}. */
    static final String JVM_OPTION = "-XX:NativeMemoryTracking=summary";

    private static final Pattern CLASS = Pattern.compile("^ *\\d+: +(\\d+) +(\\d+) +(\\S+).*$");
    private static final Pattern NATIVE = Pattern.compile("- +Other \\(reserved=\\d+KB, committed=(\\d+)KB\\)");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+)");
    private static final int KIB = 1024;

    /** The live instances of one class. */
    record Instances(long count, long bytes) {
        static final Instances NONE = new Instances(0, 0);

        Instances plus(Instances other) {
            return new Instances(count + other.count, bytes + other.bytes);
        }
    }

    ResourceSample {
        classes = Map.copyOf(classes);
    }

    Instances of(String className) {
        return classes.getOrDefault(className, Instances.NONE);
    }

    /** Collects the garbage of a process on this machine and tells what is left. Linux only. */
    static ResourceSample of(long pid) {
        Map<String, Instances> classes = new HashMap<>();
        long live = 0;
        String told = jcmd(pid, "GC.class_histogram\nVM.native_memory\n");
        for (String line : told.lines().toList()) {
            Matcher matcher = CLASS.matcher(line);
            if (matcher.matches()) {
                Instances each = new Instances(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
                classes.merge(matcher.group(3), each, Instances::plus);
                live += each.bytes();
            }
        }
        Path process = Path.of("/proc", Long.toString(pid));
        return new ResourceSample(
                live,
                classes,
                entries(process.resolve("task")),
                entries(process.resolve("fd")),
                KIB * number(NATIVE, told),
                KIB * number(RESIDENT, status(process)));
    }

    private static long number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in: " + text);
        }
        return Long.parseLong(matcher.group(1));
    }

    private static String status(Path process) {
        try {
            return Files.readString(process.resolve("status"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int entries(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return (int) entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What the process says to these commands, each in a line of its own: a start of {@code jcmd} costs more than they
     * do.
     */
    private static String jcmd(long pid, String commands) {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        try {
            Process process = new ProcessBuilder(List.of(jcmd.toString(), Long.toString(pid), "-f", "/dev/stdin"))
                    .redirectErrorStream(true)
                    .start();
            try (OutputStream input = process.getOutputStream()) {
                input.write(commands.getBytes(StandardCharsets.US_ASCII));
            }
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError("jcmd of process " + pid + " failed: " + answer);
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
