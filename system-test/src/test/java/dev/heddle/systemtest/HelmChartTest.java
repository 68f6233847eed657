package dev.heddle.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.heddle.agents.ExecutorConfig;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import dev.heddle.edge.EdgeCommand;
import dev.heddle.ingest.IngestCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Helm chart, linted and rendered by {@code helm} where that is installed. Where it is not, Go's templates with sprig (what
 * Helm itself is made with) render it, and nothing lints it; without both the test is skipped, and says so. Either way, what
 * comes out must fit together, and the roles must know every setting that they are given.
 */
final class HelmChartTest {
    private static final Path CHART = Path.of("../deploy/helm/heddle").toAbsolutePath();
    private static final Path RENDER = Path.of("../deploy/helm/render").toAbsolutePath();
    private static final String GO_PATH = "/usr/share/gocode";

    private static final int NOT_FOUND = 127;

    private static final String COMPLETE = """
            kafka: {bootstrapServers: "kafka-0:9092,kafka-1:9092", existingSecret: kafka-client}
            auth: {existingSecret: heddle-keys, issuer: "https://id.example.com"}
            edge:
              settings: {sessions.maximumAge: 6h}
              autoscaling: {enabled: true}
              ingress: {enabled: true, host: events.example.com, tlsSecret: events-tls, className: nginx}
            executor:
              environment: {HEDDLE_LANGCHAIN4J_MODEL_NAME: small}
            """;

    @TempDir
    Path temporary = Path.of("");

    private record Outcome(int exitCode, String output) {}

    @Test
    void whatIsRenderedFitsTogether() throws Exception {
        List<JsonNode> all = rendered(COMPLETE);
        Map<String, JsonNode> named = new HashMap<>();
        for (JsonNode each : all) {
            String name =
                    each.path("kind").asText() + "/" + each.at("/metadata/name").asText();
            assertTrue(each.hasNonNull("apiVersion"), name);
            assertEquals(null, named.put(name, each), "twice: " + name);
        }
        assertEquals(
                Set.of(
                        "Deployment/shop-edge",
                        "Deployment/shop-executor",
                        "Deployment/shop-ingest",
                        "Service/shop-edge",
                        "Service/shop-ingest",
                        "PodDisruptionBudget/shop-edge",
                        "PodDisruptionBudget/shop-executor",
                        "PodDisruptionBudget/shop-ingest",
                        "HorizontalPodAutoscaler/shop-edge",
                        "Ingress/shop-edge",
                        "ServiceAccount/shop-heddle",
                        "Job/shop-topics"),
                named.keySet());
        for (JsonNode each : all) {
            switch (each.path("kind").asText()) {
                case "Deployment" -> deployment(each, named);
                case "Job" -> pod(each.at("/spec/template/spec"));
                case "Service" -> service(each, named);
                case "PodDisruptionBudget" ->
                    assertTrue(
                            selects(each.at("/spec/selector/matchLabels"), each, named),
                            each.at("/metadata/name").asText());
                case "HorizontalPodAutoscaler" -> autoscaler(each, named);
                case "Ingress" -> ingress(each, named);
                default -> {}
            }
        }
    }

    @Test
    void aPodHasTimeForItsDrain() throws Exception {
        for (JsonNode each : rendered(COMPLETE)) {
            if (each.at("/metadata/name").asText().equals("shop-edge")
                    && each.path("kind").asText().equals("Deployment")) {
                int grace = each.at("/spec/template/spec/terminationGracePeriodSeconds")
                        .asInt();
                JsonNode edge = each.at("/spec/template/spec/containers/0");
                int pause = edge.at("/lifecycle/preStop/exec/command/1").asInt();
                Map<String, String> settings = settings(edge);
                var config = EdgeCommand.load(SettingsSources.of("edge", null, sets(settings)));
                long drain = config.sessions().drainWindow().toSeconds()
                        + config.http().closeTimeout().toSeconds();
                assertTrue(grace >= pause + drain + 5, grace + " s for " + pause + " and " + drain);
                return;
            }
        }
        throw new AssertionError("no edge");
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        Outcome outcome = render("auth: {existingSecret: k, issuer: i}\n");
        assertFalse(outcome.exitCode() == 0, outcome.output());
        assertTrue(outcome.output().contains("kafka.bootstrapServers is required"), outcome.output());
        outcome = render("kafka: {bootstrapServers: k}\nauth: {issuer: i}\n");
        assertFalse(outcome.exitCode() == 0, outcome.output());
        assertTrue(outcome.output().contains("auth.keysUrl or auth.existingSecret is required"), outcome.output());
    }

    // ---- what fits together

    private static void deployment(JsonNode deployment, Map<String, JsonNode> named) {
        String name = deployment.at("/metadata/name").asText();
        assertTrue(
                includes(deployment.at("/spec/template/metadata/labels"), deployment.at("/spec/selector/matchLabels")),
                name);
        JsonNode pod = deployment.at("/spec/template/spec");
        pod(pod);
        assertTrue(
                named.containsKey(
                        "ServiceAccount/" + pod.path("serviceAccountName").asText()),
                name);
        JsonNode container = pod.at("/containers/0");
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertTrue(
                    ports(container)
                            .contains(
                                    container.at("/" + probe + "/httpGet/port").asText()),
                    name + probe);
        }
        String role = container.path("name").asText();
        SettingsSources sources = SettingsSources.of(role, null, sets(settings(container)));
        switch (role) {
            case "edge" -> EdgeCommand.load(sources);
            case "ingest" -> IngestCommand.load(sources);
            default -> Settings.load(ExecutorConfig.class, ExecutorConfig.defaults(), sources);
        }
    }

    private static void pod(JsonNode pod) {
        assertTrue(pod.at("/securityContext/runAsNonRoot").asBoolean(), pod::toString);
        Set<String> volumes = new HashSet<>();
        pod.path("volumes").forEach(volume -> volumes.add(volume.path("name").asText()));
        JsonNode container = pod.at("/containers/0");
        assertTrue(container.at("/securityContext/readOnlyRootFilesystem").asBoolean(), container::toString);
        assertTrue(container.at("/resources/limits").has("memory"), container::toString);
        container
                .path("volumeMounts")
                .forEach(mount -> assertTrue(volumes.remove(mount.path("name").asText()), mount::toString));
        assertEquals(Set.of(), volumes, "volumes that nobody mounts");
    }

    private static void service(JsonNode service, Map<String, JsonNode> named) {
        assertTrue(selects(service.at("/spec/selector"), service, named), service::toString);
        String port = service.at("/spec/ports/0/targetPort").asText();
        JsonNode target = named.get("Deployment/" + service.at("/metadata/name").asText());
        assertTrue(
                target != null
                        && ports(target.at("/spec/template/spec/containers/0")).contains(port),
                port);
    }

    private static void autoscaler(JsonNode scaler, Map<String, JsonNode> named) {
        JsonNode target =
                named.get("Deployment/" + scaler.at("/spec/scaleTargetRef/name").asText());
        assertTrue(target != null && !target.path("spec").has("replicas"), "who scales says how many");
        List<String> metrics = new ArrayList<>();
        scaler.at("/spec/metrics")
                .forEach(metric -> metrics.add(metric.at("/pods/metric/name").asText()));
        assertEquals(List.of("heddle_edge_sessions", "heddle_edge_tail_lag"), metrics);
    }

    private static void ingress(JsonNode ingress, Map<String, JsonNode> named) {
        for (JsonNode path : ingress.at("/spec/rules/0/http/paths")) {
            assertTrue(
                    named.containsKey(
                            "Service/" + path.at("/backend/service/name").asText()),
                    path::toString);
        }
    }

    private static boolean selects(JsonNode selector, JsonNode who, Map<String, JsonNode> named) {
        JsonNode target = named.get("Deployment/" + who.at("/metadata/name").asText());
        return target != null && !selector.isEmpty() && includes(target.at("/spec/template/metadata/labels"), selector);
    }

    private static boolean includes(JsonNode labels, JsonNode selector) {
        return selector.properties().stream().allMatch(each -> each.getValue().equals(labels.get(each.getKey())));
    }

    private static Set<String> ports(JsonNode container) {
        Set<String> ports = new HashSet<>();
        container.path("ports").forEach(port -> ports.add(port.path("name").asText()));
        return ports;
    }

    private static Map<String, String> settings(JsonNode container) {
        Map<String, String> settings = new HashMap<>();
        JsonNode arguments = container.path("args");
        for (int i = 0; i + 1 < arguments.size(); i++) {
            if (arguments.get(i).asText().equals("--set")) {
                String[] pair = arguments.get(i + 1).asText().split("=", 2);
                assertEquals(null, settings.put(pair[0], pair[1]), "twice: " + pair[0]);
            }
        }
        return settings;
    }

    private static List<String> sets(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .toList();
    }

    // ---- rendering

    private List<JsonNode> rendered(String values) throws Exception {
        Outcome outcome = render(values);
        assertEquals(0, outcome.exitCode(), outcome.output());
        try (MappingIterator<JsonNode> documents =
                new YAMLMapper().readerFor(JsonNode.class).readValues(outcome.output())) {
            return documents.readAll().stream().filter(JsonNode::isObject).toList();
        }
    }

    private Outcome render(String values) throws Exception {
        Path file = Files.writeString(temporary.resolve("values.yaml"), values);
        Outcome version = run(null, "helm", "version");
        if (version.exitCode() == 0) {
            Outcome template = run(null, "helm", "template", "shop", CHART.toString(), "-f", file.toString());
            Outcome lint = run(null, "helm", "lint", CHART.toString(), "-f", file.toString());
            assertTrue(template.exitCode() != 0 || lint.exitCode() == 0, lint.output());
            return template;
        }
        boolean isThere = Files.isDirectory(Path.of(GO_PATH, "src/github.com/Masterminds/sprig"))
                && Files.isDirectory(Path.of(GO_PATH, "src/github.com/ghodss/yaml"));
        if (!isThere || run(null, "go", "version").exitCode() != 0) {
            String missing = "there is neither helm nor Go with sprig";
            System.out.println("skipped: " + missing);
            Assumptions.abort(missing);
        }
        System.out.println("no helm here: the chart is rendered by Go's templates with sprig, and not linted");
        return run(RENDER, "go", "run", "render.go", CHART.toString(), "shop", file.toString());
    }

    /** As a shell does it, 127 if there is no such program. */
    private static Outcome run(@Nullable Path directory, String... command) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("GO111MODULE", "off");
        builder.environment().put("GOPATH", GO_PATH);
        builder.environment().put("GOFLAGS", "");
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            return new Outcome(NOT_FOUND, e.toString());
        }
    }
}
