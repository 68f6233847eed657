package dev.heddle.bench.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;

/** A report as one JSON object, for programs. */
public final class JsonForm {
    private static final double[] PERCENTILES = {50, 75, 90, 99, 99.9, 99.99, 100};

    private JsonForm() {}

    /** The object on one line. */
    public static String of(Report report) {
        ObjectNode all = Json.object().put("suite", report.suite()).put("sound", report.isSound());
        ObjectNode parameters = all.putObject("parameters");
        report.parameters().forEach(parameters::put);
        ObjectNode machine = all.putObject("machine");
        report.machine().forEach(machine::put);
        Report.Findings found = report.findings();
        ArrayNode figures = all.putArray("figures");
        found.figures().forEach(figure -> figures.addObject()
                .put("of", figure.of())
                .put("name", figure.name())
                .put("value", figure.value())
                .put("unit", figure.unit()));
        ArrayNode curves = all.putArray("latencies");
        for (Curve curve : found.curves()) {
            ObjectNode one = curves.addObject().put("name", curve.name()).put("events", curve.count());
            ObjectNode millis = one.putObject("millis");
            for (double percentile : PERCENTILES) {
                millis.put(
                        percentile == 100
                                ? "max"
                                : "p" + String.valueOf(percentile).replaceAll("\\.0$", ""),
                        curve.millis(percentile));
            }
        }
        ArrayNode aims = all.putArray("aims");
        found.aims().forEach(aim -> aims.addObject()
                .put("row", aim.row())
                .put("measured", aim.measured())
                .put("relation", aim.bound().relation().sign())
                .put("bound", aim.bound().value())
                .put("unit", aim.bound().unit())
                .put("reached", aim.isReached()));
        ArrayNode checks = all.putArray("checks");
        found.checks().forEach(check -> checks.addObject()
                .put("what", check.what())
                .put("kept", check.kept())
                .put("detail", check.detail()));
        ArrayNode notes = all.putArray("notes");
        report.notes().forEach(notes::add);
        return all.toString();
    }
}
