package dev.heddle.bench.report;

import java.util.List;
import java.util.Map;

/**
 * The report of one run of a suite.
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

    /** The results of a run. Figures and aims without a finite value were not measured and are left out. */
    public record Findings(List<Figure> figures, List<Curve> curves, List<Check> checks, List<Aim> aims) {
        public Findings {
            figures = figures.stream()
                    .filter(figure -> Double.isFinite(figure.value()))
                    .toList();
            curves = List.copyOf(curves);
            checks = List.copyOf(checks);
            aims = aims.stream().filter(aim -> Double.isFinite(aim.measured())).toList();
        }
    }

    public Report {
        notes = List.copyOf(notes);
    }

    /** True if every check was kept. */
    public boolean isSound() {
        return findings.checks().stream().allMatch(Check::kept);
    }
}
