package dev.heddle.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report as text for a terminal. */
public final class TextReport {
    private TextReport() {}

    /** The whole report, with line ends. */
    public static String of(Report report) {
        List<String> lines = new ArrayList<>();
        lines.add("heddle bench " + report.suite() + "  " + report.machine().get("date"));
        report.parameters().forEach((name, value) -> lines.add(String.format(Locale.ROOT, "  %-22s %s", name, value)));
        report.notes().forEach(note -> lines.add("  note: " + note));
        Report.Findings found = report.findings();
        if (!found.curves().isEmpty()) {
            lines.add("");
            lines.add(String.format(
                    Locale.ROOT,
                    "%-34s %10s %9s %9s %9s %9s %9s",
                    "latency from due, ms",
                    "events",
                    "p50",
                    "p90",
                    "p99",
                    "p99.9",
                    "max"));
            for (Curve curve : found.curves()) {
                lines.add(String.format(
                        Locale.ROOT,
                        "%-34s %10d %9.2f %9.2f %9.2f %9.2f %9.2f",
                        curve.name(),
                        curve.count(),
                        curve.millis(50),
                        curve.millis(90),
                        curve.millis(99),
                        curve.millis(99.9),
                        curve.maxMillis()));
            }
        }
        lines.add("");
        found.figures()
                .forEach(figure -> lines.add(String.format(
                        Locale.ROOT,
                        "%-34s %-40s %12s %s",
                        figure.of(),
                        figure.name(),
                        number(figure.value()),
                        figure.unit())));
        lines.add("");
        found.aims()
                .forEach(aim -> lines.add(String.format(
                        Locale.ROOT,
                        "%-11s  %s: %s %s (aim %s %s)",
                        aim.verdict(),
                        aim.row(),
                        number(aim.measured()),
                        aim.bound().unit(),
                        aim.bound().relation().sign(),
                        number(aim.bound().value()))));
        found.checks()
                .forEach(check -> lines.add(
                        String.format(Locale.ROOT, "%-11s  %s: %s", check.verdict(), check.what(), check.detail())));
        return String.join("\n", lines) + "\n";
    }

    /** A number with 0 to 3 decimal places, fewer for a larger one. */
    static String number(double value) {
        double size = Math.abs(value);
        return String.format(
                Locale.ROOT, size >= 1000 || value == Math.rint(value) ? "%.0f" : size >= 10 ? "%.1f" : "%.3f", value);
    }
}
