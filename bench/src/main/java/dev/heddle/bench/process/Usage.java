package dev.heddle.bench.process;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The resources that a JVM has used so far, or between two readings.
 *
 * @param atNanos when, by {@link System#nanoTime()}; of a difference: how long
 * @param cpuNanos of all its threads, collectors and compilers included
 * @param allocatedBytes by the threads that are alive
 * @param heapBytes of the heap in use now, garbage included
 * @param residentBytes of the process now; 0 where the operating system does not tell
 */
public record Usage(long atNanos, long cpuNanos, long allocatedBytes, long heapBytes, long residentBytes) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final long KIB = 1024;

    /** The resource usage of this process so far. */
    public static Usage ofThisProcess() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        long allocated = Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return new Usage(System.nanoTime(), system.getProcessCpuTime(), allocated, heap, resident());
    }

    private static long resident() {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) * KIB)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // no Linux
        }
    }

    String toLine() {
        return atNanos + " " + cpuNanos + " " + allocatedBytes + " " + heapBytes + " " + residentBytes;
    }

    static Usage ofLine(String line) {
        long[] numbers =
                Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new Usage(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }

    /** The usage since an earlier reading; heap and resident memory are their growth. */
    public Usage since(Usage earlier) {
        return new Usage(
                atNanos - earlier.atNanos,
                cpuNanos - earlier.cpuNanos,
                allocatedBytes - earlier.allocatedBytes,
                heapBytes - earlier.heapBytes,
                residentBytes - earlier.residentBytes);
    }

    /** CPU time divided by {@code count}, in microseconds. */
    public double cpuMicrosPer(long count) {
        return cpuNanos / 1e3 / Math.max(1, count);
    }

    /** Allocated bytes divided by {@code count}. */
    public double allocatedPer(long count) {
        return (double) allocatedBytes / Math.max(1, count);
    }
}
