package dev.heddle.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import dev.heddle.edge.EdgeConfig;
import dev.heddle.executor.ExecutorConfig;
import dev.heddle.ingest.IngestConfig;
import dev.heddle.testing.MissingTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Helm chart, linted and rendered by Helm itself, as a library. What comes out must fit together, and the roles
 * must know every setting that they are given. Helm's library is there for Linux on amd64; elsewhere the test is
 * skipped, and says so.
 */
final class HelmChartTest {
    private static final Path CHART = Path.of("../deploy/helm/heddle").toAbsolutePath();
    /** The least that the chart says it needs. */
    private static final String OLDEST_KUBERNETES = "1.25.0";

    private static final YAMLMapper YAML = new YAMLMapper();

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

    @BeforeAll
    static void requireHelm() {
        String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!platform.equals("Linux amd64")) {
            MissingTool.end("there is no library of Helm for " + platform);
        }
    }

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
                var config = Settings.load(
                        EdgeConfig.class, EdgeConfig.defaults(), SettingsSources.of("edge", null, sets(settings)));
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
        assertMissing("kafka.bootstrapServers is required", "auth: {existingSecret: k, issuer: i}\n");
        assertMissing(
                "auth.keysUrl or auth.existingSecret is required", "kafka: {bootstrapServers: k}\nauth: {issuer: i}\n");
    }

    @Test
    void helmFindsNothingToSayOfIt() throws Exception {
        LintResult lint = new Helm(CHART).lint().strict().call();
        assertFalse(lint.isFailed(), () -> String.join("\n", lint.getMessages()));
    }

    private void assertMissing(String what, String values) throws IOException {
        TemplateCommand template = template(values);
        String message = String.valueOf(
                assertThrows(IllegalStateException.class, template::call).getMessage());
        assertTrue(message.contains(what), message);
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
            case "edge" -> Settings.load(EdgeConfig.class, EdgeConfig.defaults(), sources);
            case "ingest" -> Settings.load(IngestConfig.class, IngestConfig.defaults(), sources);
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
        assertFalse(ingress.at("/spec/rules/0/http/paths").isEmpty(), ingress::toString);
        for (JsonNode path : ingress.at("/spec/rules/0/http/paths")) {
            assertTrue(
                    named.containsKey(
                            "Service/" + path.at("/backend/service/name").asText()),
                    path::toString);
        }
    }

    private static boolean selects(JsonNode selector, JsonNode who, Map<String, JsonNode> named) {
        JsonNode target = named.get("Deployment/" + who.at("/metadata/name").asText());
        return target != null && includes(target.at("/spec/template/metadata/labels"), selector);
    }

    private static boolean includes(JsonNode labels, JsonNode selector) {
        return !selector.isEmpty()
                && selector.properties().stream()
                        .allMatch(each -> each.getValue().equals(labels.get(each.getKey())));
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

    private List<JsonNode> rendered(String values) throws IOException {
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(template(values).call())) {
            return documents.readAll().stream().filter(JsonNode::isObject).toList();
        }
    }

    private TemplateCommand template(String values) throws IOException {
        Path file = Files.writeString(temporary.resolve("values.yaml"), values);
        return new Helm(withoutHooks())
                .template()
                .withName("shop")
                .withNamespace("default")
                .withKubeVersion(OLDEST_KUBERNETES)
                .withValuesFile(file);
    }

    /** A copy of the chart in which nothing is a hook, for Helm's library renders all but those. */
    private Path withoutHooks() throws IOException {
        Path copy = Files.createTempDirectory(temporary, "chart").resolve("heddle");
        try (Stream<Path> files = Files.walk(CHART)) {
            for (Path file : files.toList()) {
                Path to = copy.resolve(CHART.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.writeString(to, Files.readString(file).replaceAll("(?m)^ *helm\\.sh/hook.*\\n", ""));
                }
            }
        }
        return copy;
    }
}
