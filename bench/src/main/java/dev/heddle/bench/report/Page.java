package dev.heddle.bench.report;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A report as one self-contained HTML page: tables, plots, and each histogram's percentiles in HdrHistogram's own form.
 */
public final class Page {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int TICKS = 5;
    private static final String STYLE =
            "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
                    + "table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .8rem;border-bottom:1px solid #8884;text-align:left}"
                    + "td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.bad,.good{white-space:nowrap}.bad{color:#d1242f;font-weight:600}.good{color:#1a7f37}"
                    + "svg{max-width:100%;height:auto}svg text{font-size:11px;fill:currentColor}pre{overflow:auto;font-size:12px}";

    private final StringBuilder out = new StringBuilder();

    private Page() {}

    /** The whole page. */
    public static String of(Report report) {
        Page page = new Page();
        page.write(report);
        return page.out.toString();
    }

    private void write(Report report) {
        String title = "heddle bench " + report.suite();
        out.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(Html.escaped(title))
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n");
        out.append("<h1>").append(Html.escaped(title)).append("</h1>\n");
        Report.Findings found = report.findings();
        verdicts(found);
        report.notes()
                .forEach(note -> out.append("<p>").append(Html.escaped(note)).append("</p>\n"));
        if (!found.curves().isEmpty()) {
            latencies(found.curves());
        }
        figures(found.figures());
        out.append("<h2>Parameters</h2>\n");
        pairs(report.parameters());
        out.append("<h2>Machine</h2>\n");
        pairs(report.machine());
        found.curves().forEach(this::percentiles);
        out.append("</body></html>\n");
    }

    private void verdicts(Report.Findings found) {
        out.append("<table>\n");
        for (Aim aim : found.aims()) {
            String bound = aim.bound().relation().sign() + " "
                    + TextReport.number(aim.bound().value());
            row(
                    aim.isReached() ? "good" : "bad",
                    List.of(
                            aim.verdict(),
                            aim.row(),
                            TextReport.number(aim.measured()) + " "
                                    + aim.bound().unit(),
                            bound));
        }
        for (Check check : found.checks()) {
            row(check.kept() ? "good" : "bad", List.of(check.verdict(), check.what(), check.detail(), ""));
        }
        out.append("</table>\n");
    }

    private void row(String style, List<String> cells) {
        out.append("<tr>");
        for (int i = 0; i < cells.size(); i++) {
            out.append(i == 0 ? "<td class=\"" + style + "\">" : i == cells.size() - 1 ? "<td class=\"n\">" : "<td>")
                    .append(Html.escaped(cells.get(i)))
                    .append("</td>");
        }
        out.append("</tr>\n");
    }

    private void latencies(List<Curve> curves) {
        out.append(
                "<h2>Latency, from the instant at which an event was due</h2>\n<table><tr><th>ms</th><th>events</th>");
        out.append("<th>p50</th><th>p90</th><th>p99</th><th>p99.9</th><th>max</th></tr>\n");
        for (Curve curve : curves) {
            out.append("<tr><td>").append(Html.escaped(curve.name())).append("</td>");
            numbers(List.of((double) curve.count()));
            numbers(List.of(
                    curve.millis(50), curve.millis(90), curve.millis(99), curve.millis(99.9), curve.maxMillis()));
            out.append("</tr>\n");
        }
        out.append("</table>\n<h3>By percentile</h3>\n").append(Plot.ofPercentiles(curves));
        List<Curve> timed =
                curves.stream().filter(curve -> curve.seconds().size() > 1).toList();
        if (!timed.isEmpty()) {
            out.append("<h3>Second by second</h3>\n").append(Plot.ofSeconds(timed));
        }
    }

    private void numbers(List<Double> values) {
        values.forEach(value ->
                out.append("<td class=\"n\">").append(TextReport.number(value)).append("</td>"));
    }

    private void figures(List<Figure> figures) {
        out.append("<h2>Figures</h2>\n<table>\n");
        for (Figure figure : figures) {
            out.append("<tr><td>")
                    .append(Html.escaped(figure.of()))
                    .append("</td><td>")
                    .append(Html.escaped(figure.name()))
                    .append("</td>");
            numbers(List.of(figure.value()));
            out.append("<td>").append(Html.escaped(figure.unit())).append("</td></tr>\n");
        }
        out.append("</table>\n");
    }

    private void pairs(Map<String, String> pairs) {
        out.append("<table>\n");
        pairs.forEach((name, value) -> out.append("<tr><td>")
                .append(Html.escaped(name))
                .append("</td><td>")
                .append(Html.escaped(value))
                .append("</td></tr>\n"));
        out.append("</table>\n");
    }

    private void percentiles(Curve curve) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        curve.nanos().outputPercentileDistribution(stream, TICKS, NANOS_PER_MILLI);
        out.append("<details><summary>")
                .append(Html.escaped(String.format(Locale.ROOT, "%s: %d latencies in ms", curve.name(), curve.count())))
                .append("</summary><pre>")
                .append(Html.escaped(bytes.toString(StandardCharsets.UTF_8)))
                .append("</pre></details>\n");
    }
}
