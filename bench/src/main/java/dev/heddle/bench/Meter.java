package dev.heddle.bench;

import dev.heddle.bench.process.GcPauses;
import dev.heddle.bench.process.JavaProcess;
import dev.heddle.bench.process.Usage;
import dev.heddle.bench.report.Figure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A meter of the resources that a process uses between the meter's creation and its reading; it reads nothing of a
 * process that was not started here. Used by the main thread.
 */
final class Meter {
    private static final double MIB = 1 << 20;

    private static final Usage NOTHING = new Usage(0, 0, 0, 0, 0);
    private static final GcPauses NO_PAUSES = new GcPauses(List.of());

    private final String of;
    private final @Nullable JavaProcess process;
    private final Usage before;
    private final GcPauses pausesBefore;

    /** @param of what the process is called in the report */
    Meter(String of, @Nullable JavaProcess process) {
        this.of = of;
        this.process = process;
        this.before = process == null ? NOTHING : process.probe().usage();
        this.pausesBefore = process == null ? NO_PAUSES : process.pauses();
    }

    /** Reads the usage since the meter's creation. */
    Reading read() {
        if (process == null) {
            return new Reading(of, NOTHING, NOTHING, NO_PAUSES);
        }
        Usage now = process.probe().usage();
        return new Reading(of, now.since(before), now, process.pauses().since(pausesBefore));
    }

    /** The usage of this process, which makes the load. */
    static Usage load() {
        return Usage.ofThisProcess();
    }

    /**
     * A reading of the meter.
     *
     * @param used in the meantime
     * @param now at the end
     */
    record Reading(String of, Usage used, Usage now, GcPauses pauses) {
        /** CPU time for each event in µs; NaN if the process is unknown. */
        double cpuMicrosPer(long events) {
            return isKnown() ? used.cpuMicrosPer(events) : Double.NaN;
        }

        private boolean isKnown() {
            return used.atNanos() > 0;
        }

        /** The figures of a process that delivered {@code events} events; empty if the process is unknown. */
        List<Figure> figures(long events) {
            List<Figure> figures = new ArrayList<>();
            if (!isKnown()) {
                return figures;
            }
            figures.add(new Figure(of, "CPU per delivered event", cpuMicrosPer(events), "µs"));
            figures.add(new Figure(of, "CPU", 100.0 * used.cpuNanos() / used.atNanos(), "% of a core"));
            figures.add(new Figure(of, "allocated per delivered event", used.allocatedPer(events), "bytes"));
            figures.add(new Figure(of, "collector's pauses", pauses.count(), ""));
            figures.add(new Figure(of, "longest pause", pauses.longestMillis(), "ms"));
            figures.add(new Figure(of, "all pauses", pauses.totalMillis(), "ms"));
            figures.add(new Figure(of, "heap in use, garbage included", now.heapBytes() / MIB, "MiB"));
            figures.add(new Figure(of, "resident memory", now.residentBytes() / MIB, "MiB"));
            return figures;
        }
    }
}
