package dev.heddle.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Whether what watches a fleet fits what it watches: alert rules, dashboard and the operations page name meters that
 * there are.
 */
final class MonitoringTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath();
    private static final Path ALERTS = ROOT.resolve("deploy/helm/heddle/alerts.yml");
    private static final Path DASHBOARD = ROOT.resolve("docker/grafana/dashboards/heddle.json");
    private static final Path SOURCES = ROOT.resolve("docker/grafana/provisioning/datasources/prometheus.yaml");
    private static final Path OPERATIONS = ROOT.resolve("docs/operations.md");
    private static final Pattern METER = Pattern.compile("\\bheddle_[a-z]+(_[a-z]+)+\\b");
    private static final List<String> OF_A_TIMER = List.of("_bucket", "_sum", "_count", "_max");

    @Test
    void everyMeterThatIsAskedForIsThere() throws IOException {
        Set<String> there = metersIn(Files.readString(ROOT.resolve("docs/metrics.md")));
        List<String> asked = new ArrayList<>(rules("expr"));
        assertFalse(asked.isEmpty(), "no alert asks anything");
        for (JsonNode panel : panels()) {
            assertFalse(
                    panel.path("targets").isEmpty(), () -> panel.path("title").asText() + " asks nothing");
            for (JsonNode target : panel.path("targets")) {
                assertFalse(target.path("expr").asText().isBlank(), target::toString);
                asked.add(target.path("expr").asText());
            }
        }
        asked.add(Files.readString(OPERATIONS).replaceAll("heddle_[a-z_]+…", ""));

        Set<String> unknown = new TreeSet<>();
        for (String meter : metersIn(String.join("\n", asked))) {
            if (!there.contains(meter) && OF_A_TIMER.stream().noneMatch(end -> isPart(meter, end, there))) {
                unknown.add(meter);
            }
        }
        assertEquals(Set.of(), unknown);
    }

    private static boolean isPart(String meter, String end, Set<String> there) {
        return meter.endsWith(end) && there.contains(meter.substring(0, meter.length() - end.length()));
    }

    @Test
    void everyAlertIsExplained() throws IOException {
        String page = Files.readString(OPERATIONS);
        Set<String> unexplained = new TreeSet<>(rules("alert"));
        assertFalse(unexplained.isEmpty());
        unexplained.removeIf(alert -> page.contains("`" + alert + "`"));
        assertEquals(Set.of(), unexplained);
    }

    @Test
    void eachPanelAsksTheSourceThatIsProvisioned() throws IOException {
        Set<String> provisioned = new HashSet<>();
        yaml(SOURCES)
                .path("datasources")
                .forEach(source -> provisioned.add(source.path("uid").asText()));
        for (JsonNode panel : panels()) {
            String uid = panel.at("/datasource/uid").asText();
            assertEquals(Set.of(uid), provisioned, panel.path("title").asText());
        }
    }

    /** What the dashboard shows, without the rows' headings; never nothing. */
    private static List<JsonNode> panels() throws IOException {
        List<JsonNode> panels = new ArrayList<>();
        for (JsonNode panel : dashboard().path("panels")) {
            if (!panel.path("type").asText().equals("row")) {
                panels.add(panel);
            }
        }
        assertFalse(panels.isEmpty(), "the dashboard shows nothing");
        return panels;
    }

    private static List<String> rules(String field) throws IOException {
        List<String> values = new ArrayList<>();
        for (JsonNode group : yaml(ALERTS).path("groups")) {
            group.path("rules").forEach(rule -> values.add(rule.path(field).asText()));
        }
        return values;
    }

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper().readTree(DASHBOARD.toFile());
    }

    private static JsonNode yaml(Path file) throws IOException {
        return new YAMLMapper().readTree(file.toFile());
    }

    private static Set<String> metersIn(String text) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = METER.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group());
        }
        return names;
    }
}
