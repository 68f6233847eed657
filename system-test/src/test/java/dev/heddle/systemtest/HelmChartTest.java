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
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    private static final List<String> ROLES = List.of("edge", "executor", "ingest");
    private static final String HASH_BY = "nginx.ingress.kubernetes.io/upstream-hash-by";
    private static final Pattern JOB = Pattern.compile("job=\"([^\"]*)\"");
    private static final YAMLMapper YAML = new YAMLMapper();

    private static final String COMPLETE = """
            kafka: {bootstrapServers: "kafka-0:9092,kafka-1:9092", existingSecret: kafka-client}
            auth: {existingSecret: heddle-keys, issuer: "https://id.example.com"}
            edge:
              settings: {sessions.maximumAge: 6h}
              autoscaling: {enabled: true}
              ingress: {enabled: true, host: events.example.com, tlsSecret: events-tls, className: nginx, trustedProxies: [10.0.0.0/8]}
            executor:
              environment: {HEDDLE_LANGCHAIN4J_MODEL_NAME: small}
            """;

    private static final String LEAST = """
            kafka: {bootstrapServers: "kafka:9092"}
            auth: {existingSecret: heddle-keys, issuer: "https://id.example.com"}
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
        Map<String, JsonNode> named = named(all);
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
    void settingsAreRenderedAsTheyWereWritten() throws Exception {
        Map<String, JsonNode> named = named(rendered(LEAST + """
                edge:
                  settings:
                    limits.connections: 2000000
                    http: {allowedOrigins: ["https://a.example", "https://b.example"], eventLoops: 4}
                    hub.windowBytes: 1073741824
                  resources: {limits: {memory: 60Gi}}
                  service: {annotations: {example.com/limit: 2000000}}
                executor:
                  settings: {threads.remembered: 1000000}
                  environment: {A_NUMBER: 10000000, A_SWITCH: true, A_PART: 0.25}
                nodeSelector: {pool: 1000000}
                image: {tag: 20261201}
                """));
        Map<String, String> edge = settings(container(named, "edge"));
        assertEquals("2000000", edge.get("limits.connections"));
        assertEquals("https://a.example,https://b.example", edge.get("http.allowedOrigins"));
        assertEquals("4", edge.get("http.eventLoops"));
        assertEquals("1073741824", edge.get("hub.windowBytes"));
        EdgeConfig loaded =
                Settings.load(EdgeConfig.class, EdgeConfig.defaults(), SettingsSources.of("edge", null, sets(edge)));
        assertEquals(2_000_000, loaded.limits().connections());
        JsonNode executor = container(named, "executor");
        assertEquals("heddle/executor:20261201", executor.path("image").asText());
        JsonNode selector = the(named, "Deployment/shop-edge").at("/spec/template/spec/nodeSelector/pool");
        assertTrue(selector.isTextual() && selector.asText().equals("1000000"), selector::toString);
        JsonNode annotation = the(named, "Service/shop-edge")
                .path("metadata")
                .path("annotations")
                .path("example.com/limit");
        assertTrue(annotation.isTextual() && annotation.asText().equals("2000000"), annotation::toString);
        assertEquals("1000000", settings(executor).get("threads.remembered"));
        assertEquals("10000000", variable(executor, "A_NUMBER").path("value").asText());
        assertEquals("true", variable(executor, "A_SWITCH").path("value").asText());
        assertEquals("0.25", variable(executor, "A_PART").path("value").asText());
    }

    @Test
    void unknownValuesAreRefused() {
        for (String unknown : List.of(
                "edges: {replicas: 2}",
                "edge: {replica: 2}",
                "edge: {ingress: {hosts: [a]}}",
                "executor: {env: {A: b}}",
                "ingest: {extraVolume: []}",
                "topics: {partition: 8}",
                "image: {tag: 1.5}",
                "monitoring: {alert: true}",
                "networkPolicy: {from: []}")) {
            IllegalStateException refusal = assertThrows(
                    IllegalStateException.class, () -> template(LEAST + unknown).call(), unknown);
            assertTrue(String.valueOf(refusal.getMessage()).contains("values don't meet"), refusal::getMessage);
        }
    }

    @Test
    void aRoleTakesVolumesSecretsAndATagOfItsOwn() throws Exception {
        for (String role : ROLES) {
            Map<String, JsonNode> named = named(rendered(LEAST + role + """
                    :
                      tag: "7"
                      environment: {KEY: {secretKeyRef: {name: model, key: key}}}
                      envFrom: [{secretRef: {name: more}}]
                      extraVolumes: [{name: agents, persistentVolumeClaim: {claimName: agents}}]
                      extraVolumeMounts: [{name: agents, mountPath: /agents}]
                    """));
            JsonNode container = container(named, role);
            assertEquals("heddle/" + role + ":7", container.path("image").asText());
            assertEquals(
                    "model",
                    variable(container, "KEY")
                            .at("/valueFrom/secretKeyRef/name")
                            .asText());
            assertEquals("more", container.at("/envFrom/0/secretRef/name").asText());
            pod(the(named, "Deployment/shop-" + role).at("/spec/template/spec"));
            assertTrue(container.path("volumeMounts").toString().contains("/agents"), container::toString);
            for (String other : ROLES) {
                if (!other.equals(role)) {
                    assertEquals(
                            "heddle/" + other + ":dev",
                            container(named, other).path("image").asText());
                }
            }
        }
    }

    @Test
    void aSlowAnswerDoesNotTakeReadinessAway() throws Exception {
        Map<String, JsonNode> named = named(rendered(LEAST));
        for (String role : ROLES) {
            JsonNode probe = container(named, role).path("readinessProbe");
            assertTrue(probe.path("timeoutSeconds").asInt() >= 3, probe::toString);
            assertTrue(probe.path("failureThreshold").asInt() >= 3, probe::toString);
        }
    }

    @Test
    void clientsWithoutAHintAreNotSentToOneEdge() throws Exception {
        JsonNode plain = the(named(rendered(COMPLETE)), "Ingress/shop-edge").at("/metadata/annotations");
        assertFalse(plain.has(HASH_BY), plain::toString);
        JsonNode hashed = the(
                        named(rendered(COMPLETE.replace("className: nginx", "hashByHint: true"))), "Ingress/shop-edge")
                .at("/metadata/annotations");
        assertEquals("$heddle_hint", hashed.path(HASH_BY).asText());
        assertTrue(
                hashed.path("nginx.ingress.kubernetes.io/configuration-snippet")
                        .asText()
                        .contains("set $heddle_hint $request_id;"),
                hashed::toString);
    }

    @Test
    void theMemoryOfAnEdgeFitsItsConnections() throws Exception {
        JsonNode edge = container(named(rendered(LEAST)), "edge");
        int limitMib =
                Integer.parseInt(edge.at("/resources/limits/memory").asText().replace("Mi", ""));
        int connections = EdgeConfig.defaults().limits().connections();
        // docs/operations.md, "What an edge holds": without connections 550 MiB of heap and 310 MiB outside; then 4 and
        // 12 KiB each.
        assertTrue(0.6 * limitMib >= 550 + connections * 4 / 1024, "heap");
        assertTrue(0.4 * limitMib >= 310 + connections * 12 / 1024, "outside the heap");
        String small = LEAST + "edge: {resources: {limits: {memory: 1536Mi}}, settings: {limits.connections: %d}}\n";
        assertMissing("are too little for limits.connections=50000", small.formatted(50_000));
        rendered(small.formatted(25_000));
    }

    @Test
    void theAlertsNameJobsThatAreThere() throws Exception {
        Map<String, JsonNode> named = named(rendered(LEAST + """
                monitoring: {podMonitors: true, alerts: true, labels: {release: prometheus}}
                """));
        Set<String> jobs = new HashSet<>();
        for (String role : ROLES) {
            JsonNode monitor = the(named, "PodMonitor/shop-" + role);
            jobs.add(monitor.at("/spec/podMetricsEndpoints/0/relabelings/0/replacement")
                    .asText());
            String port = monitor.at("/spec/podMetricsEndpoints/0/port").asText();
            assertTrue(ports(container(named, role)).contains(port), port);
            assertTrue(selects(monitor.at("/spec/selector/matchLabels"), monitor, named), role);
            assertEquals("prometheus", monitor.at("/metadata/labels/release").asText());
        }
        Set<String> composeJobs = new HashSet<>();
        YAML.readTree(Path.of("../docker/prometheus/prometheus.yml").toFile())
                .path("scrape_configs")
                .forEach(each -> composeJobs.add(each.path("job_name").asText()));
        JsonNode rules = the(named, "PrometheusRule/shop-alerts").at("/spec/groups/0/rules");
        assertFalse(rules.isEmpty(), "no alerts");
        Set<String> asked = new HashSet<>();
        for (JsonNode rule : rules) {
            assertFalse(rule.path("alert").asText().isEmpty(), rule::toString);
            Matcher job = JOB.matcher(rule.path("expr").asText());
            while (job.find()) {
                asked.add(job.group(1));
            }
        }
        assertEquals(Set.of("heddle-edge", "heddle-executor"), asked);
        assertTrue(jobs.containsAll(asked), jobs::toString);
        assertTrue(composeJobs.containsAll(asked), composeJobs::toString);
        String off = rendered(LEAST + """
                executor: {enabled: false}
                monitoring: {podMonitors: true, alerts: true}
                """).toString();
        assertTrue(off.contains("HeddleEdgeDown"), off);
        assertFalse(off.contains("HeddleNoExecutor"), "what is switched off is not missed");
        assertMissing("monitoring.alerts needs monitoring.podMonitors", LEAST + "monitoring: {alerts: true}\n");
    }

    @Test
    void aNetworkPolicyLetsInToThePortsThatThereAre() throws Exception {
        Map<String, JsonNode> named = named(rendered(LEAST + """
                networkPolicy: {enabled: true, clients: [{namespaceSelector: {matchLabels: {name: ingress}}}]}
                """));
        for (String role : ROLES) {
            JsonNode policy = the(named, "NetworkPolicy/shop-" + role);
            assertTrue(selects(policy.at("/spec/podSelector/matchLabels"), policy, named), role);
            Set<String> open = new HashSet<>();
            for (JsonNode rule : policy.at("/spec/ingress")) {
                String port = rule.at("/ports/0/port").asText();
                open.add(port);
                assertEquals(port.equals("http"), rule.has("from"), rule::toString);
            }
            assertEquals(ports(container(named, role)), open, role);
        }
    }

    @Test
    void theTopicsJobHasKafkasCredentials() throws Exception {
        JsonNode job = the(named(rendered(COMPLETE)), "Job/shop-topics");
        JsonNode container = job.at("/spec/template/spec/containers/0");
        List<String> arguments = new ArrayList<>();
        container.path("args").forEach(each -> arguments.add(each.asText()));
        int config = arguments.indexOf("--config");
        assertTrue(config > 0, arguments::toString);
        String file = arguments.get(config + 1);
        String mount = container.at("/volumeMounts/1/mountPath").asText();
        assertTrue(file.startsWith(mount + "/"), file + " in " + mount);
        assertTrue(arguments.contains("--raise-retention"), "a longer retention is rolled out");
        assertEquals(
                "kafka-client",
                job.at("/spec/template/spec/volumes/1/secret/secretName").asText());
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        assertMissing("kafka.bootstrapServers is required", "auth: {existingSecret: k, issuer: i}\n");
        assertMissing(
                "auth.keysUrl or auth.existingSecret is required", "kafka: {bootstrapServers: k}\nauth: {issuer: i}\n");
        assertMissing(
                "edge.ingress.trustedProxies is required",
                LEAST + "edge: {ingress: {enabled: true, host: events.example.com}}\n");
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

    private static Map<String, JsonNode> named(List<JsonNode> all) {
        Map<String, JsonNode> named = new HashMap<>();
        for (JsonNode each : all) {
            String name =
                    each.path("kind").asText() + "/" + each.at("/metadata/name").asText();
            assertTrue(each.hasNonNull("apiVersion"), name);
            assertEquals(null, named.put(name, each), "twice: " + name);
        }
        return named;
    }

    private static JsonNode the(Map<String, JsonNode> named, String name) {
        return Objects.requireNonNull(named.get(name), name);
    }

    private static JsonNode container(Map<String, JsonNode> named, String role) {
        return the(named, "Deployment/shop-" + role).at("/spec/template/spec/containers/0");
    }

    private static JsonNode variable(JsonNode container, String name) {
        for (JsonNode each : container.path("env")) {
            if (each.path("name").asText().equals(name)) {
                return each;
            }
        }
        throw new AssertionError("no variable " + name + " in " + container.path("env"));
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
