package dev.heddle.bench.report;

import java.util.List;
import java.util.Map;

/**
 * All that one run of a suite found.
 *
 * @param parameters what the suite was told, in order
 * @param machine what it ran on, in order
 * @param notes what a reader should know, a sentence each
 */
public record Report(
        String suite,
        Map<String, String> parameters,
        Map<String, String> machine,
        Findings findings,
        List<String> notes) {

    /** What was found. */
    public record Findings(List<Figure> figures, List<Curve> curves, List<Check> checks, List<Aim> aims) {
        public Findings {
            figures = List.copyOf(figures);
            curves = List.copyOf(curves);
            checks = List.copyOf(checks);
            aims = List.copyOf(aims);
        }
    }

    public Report {
        notes = List.copyOf(notes);
    }

    /** Whether every check was kept. */
    public boolean isSound() {
        return findings.checks().stream().allMatch(Check::kept);
    }
}
