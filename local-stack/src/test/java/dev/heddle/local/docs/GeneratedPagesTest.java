package dev.heddle.local.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.ToolsConfig;
import dev.heddle.edge.EdgeConfig;
import dev.heddle.edge.index.IndexBuilderCounts;
import dev.heddle.edge.index.IndexReaderCounts;
import dev.heddle.edge.ops.Metrics;
import dev.heddle.executor.AgentRuntime;
import dev.heddle.executor.ExecutorConfig;
import dev.heddle.ingest.IngestConfig;
import dev.heddle.ingest.IngestMetrics;
import dev.heddle.langchain4j.AssistantConfig;
import dev.heddle.port.PortMetrics;
import dev.heddle.replay.ReplayConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The committed pages are what the code says. */
class GeneratedPagesTest {
    private static final String WRITE = "heddle.docs.write";
    private static final SourceTree SOURCES = SourceTree.find();

    private final ConfigurationPage configuration = new ConfigurationPage(new ComponentTexts(SOURCES));

    private static Map<String, Record> configurations() {
        Map<String, Record> roles = new LinkedHashMap<>();
        roles.put("edge", EdgeConfig.defaults());
        roles.put("executor", ExecutorConfig.defaults());
        roles.put("ingest", IngestConfig.defaults());
        roles.put("langchain4j", AssistantConfig.defaults());
        roles.put("replay", ReplayConfig.defaults());
        roles.put("tools", ToolsConfig.defaults());
        return roles;
    }

    private static Map<String, Consumer<PrometheusMeterRegistry>> meters() {
        Map<String, Consumer<PrometheusMeterRegistry>> roles = new LinkedHashMap<>();
        roles.put("Edge", GeneratedPagesTest::edgeMeters);
        roles.put("Executor", GeneratedPagesTest::executorMeters);
        roles.put("Ingest", GeneratedPagesTest::ingestMeters);
        return roles;
    }

    /** Nothing is behind them: a gauge without a hub shows 0 or none, and its name is all that is wanted. */
    private static void edgeMeters(PrometheusMeterRegistry registry) {
        Metrics metrics = new Metrics(registry, () -> 0);
        metrics.watch(() -> null, () -> 0, () -> 0);
        metrics.watchIndex(IndexReaderCounts::new, IndexBuilderCounts::new);
        new PortMetrics(registry, "heddle.edge").watch(() -> 0);
        metrics.watchAdmitted(() -> 0, 0);
        metrics.watchKeys(() -> 0);
        metrics.watchKeySet(() -> 0, () -> 0);
        metrics.watchRevocations(() -> 0);
    }

    private static void ingestMeters(PrometheusMeterRegistry registry) {
        IngestMetrics metrics = new IngestMetrics(registry);
        metrics.watchKeys(() -> 0, () -> 0, () -> 0);
        metrics.watchRevocations(() -> 0);
        new PortMetrics(registry, "heddle.ingest").watch(() -> 0);
    }

    private static void executorMeters(PrometheusMeterRegistry registry) {
        AgentRuntime.describe(registry);
    }

    @Test
    void theConfigurationPageIsWhatTheRecordsSay() throws IOException {
        assertCommitted("configuration.md", configuration.render(configurations()));
    }

    @Test
    void everySettingSaysWhatItMeans() {
        assertEquals(
                List.of(),
                configuration.withoutMeaning(configurations()),
                "settings without a @param line in their record's Javadoc");
    }

    @Test
    void theMetricsPageIsWhatAScrapeShows() throws IOException {
        String page = MetricsPage.render(meters());
        assertTrue(page.contains("`heddle_edge_closes_total` | counter | `cause`: `"), page);
        assertTrue(page.contains("`heddle_executor_tools_seconds` | summary | `result`: `"), page);
        assertCommitted("metrics.md", page);
    }

    private static void assertCommitted(String name, String generated) throws IOException {
        Path page = SOURCES.page(name);
        if (Boolean.getBoolean(WRITE)) {
            Files.createDirectories(page.getParent());
            Files.writeString(page, generated);
        }
        assertEquals(
                generated,
                SourceTree.read(page),
                "docs/" + name + " is not what the code says; to write it anew: mvn -B -q verify -pl local-stack -am"
                        + " -Dtest=GeneratedPagesTest -Dsurefire.failIfNoSpecifiedTests=false -D" + WRITE + "=true");
    }
}
