package dev.heddle.systemtest.delivery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM of this machine holds, as {@code jcmd} tells; it is to run with {@code -XX:NativeMemoryTracking=summary}.
 *
 * @param heapBytes live objects, after a collection
 * @param directBytes buffers outside of the heap
 * @param residentBytes of the process; 0 where the operating system does not tell
 */
record ProcessMemory(long heapBytes, long directBytes, long residentBytes) {
    private static final Pattern LIVE = Pattern.compile("Total +[0-9]+ +([0-9]+)");
    private static final Pattern DIRECT = Pattern.compile("Other \\(reserved=[0-9]+KB, committed=([0-9]+)KB\\)");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+([0-9]+)");
    private static final long KIB = 1024;

    /** What the process of this id holds now. */
    static ProcessMemory of(long pid) {
        return new ProcessMemory(
                number(LIVE, jcmd(pid, "GC.class_histogram")),
                KIB * number(DIRECT, jcmd(pid, "VM.native_memory", "summary")),
                KIB * resident(pid));
    }

    private static long resident(long pid) {
        try {
            return number(RESIDENT, Files.readString(Path.of("/proc", Long.toString(pid), "status")));
        } catch (IOException e) {
            return 0; // no Linux
        }
    }

    private static long number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        long number = -1;
        while (matcher.find()) {
            number = Long.parseLong(matcher.group(1));
        }
        if (number < 0) {
            throw new AssertionError("no " + pattern + " in: " + text);
        }
        return number;
    }

    private static String jcmd(long pid, String... command) {
        String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try {
            Process process = new ProcessBuilder(
                            Stream.concat(Stream.of(program, Long.toString(pid)), Stream.of(command))
                                    .toList())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
