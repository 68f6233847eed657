package dev.heddle.local.docs;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code docs/metrics.md}: every series as a scrape of the management port shows it, read from such a scrape
 * (Prometheus' text format 0.0.4).
 */
final class MetricsPage {
    private static final String HEAD = """
            # Metrics

            <!-- Generated from the code: change the meters' descriptions there, then run what the test says. -->

            Edges, executors and ingest nodes serve these at `GET /metrics` of their management port, in Prometheus' text format. All counts are since the
            start of the process. A `summary` or `histogram` has `_count` and `_sum`, a histogram `_bucket` as well, and each has a gauge
            `_max`: the largest of the last minutes. Labels have the values listed here and no others: no client can add a series.
            """;
    private static final Pattern LINE = Pattern.compile("# (HELP|TYPE) (\\S+) (.*)|(\\w+)\\{(.*)} .*");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    private static final Set<String> FORMAT_LABELS = Set.of("le", "quantile");
    private static final String MAXIMUM = "_max";
    /** What a line's name may have behind its family's. */
    private static final List<String> PARTS = List.of("", "_bucket", "_count");

    private MetricsPage() {}

    /** @param roles what registers the meters of each role, which is all that this page needs of it */
    static String render(Map<String, Consumer<PrometheusMeterRegistry>> roles) {
        StringBuilder page = new StringBuilder(HEAD);
        roles.forEach((role, meters) -> {
            page.append("\n## ").append(role).append("\n\n| Metric | Type | Labels | Meaning |\n|---|---|---|---|\n");
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            meters.accept(registry);
            families(registry.scrape()).forEach((name, family) -> page.append(family.line(name)));
            registry.close();
        });
        return page.append("""

                An executor also has Micrometer's `jvm_memory_…` and `jvm_threads_…`; which there are depends on the JVM.
                """).toString();
    }

    private static Map<String, Family> families(String scrape) {
        Map<String, Family> families = new TreeMap<>();
        scrape.lines().map(LINE::matcher).filter(Matcher::matches).forEach(line -> {
            if (line.group(1) == null) {
                families.forEach((name, family) -> {
                    if (PARTS.stream().anyMatch(part -> line.group(4).equals(name + part))) {
                        family.add(line.group(5));
                    }
                });
            } else {
                families.computeIfAbsent(line.group(2), name -> new Family()).tell(line.group(1), line.group(3));
            }
        });
        families.keySet()
                .removeIf(name -> name.endsWith(MAXIMUM)
                        && families.containsKey(name.substring(0, name.length() - MAXIMUM.length())));
        return families;
    }

    private static final class Family {
        private final Map<String, Set<String>> labels = new LinkedHashMap<>();
        private String type = "";
        private String help = "";

        void tell(String what, String text) {
            if (what.equals("TYPE")) {
                type = text;
            } else {
                help = text.strip();
            }
        }

        void add(String text) {
            Matcher pairs = LABEL.matcher(text);
            while (pairs.find()) {
                if (!FORMAT_LABELS.contains(pairs.group(1))) {
                    labels.computeIfAbsent(pairs.group(1), name -> new TreeSet<>())
                            .add("`" + pairs.group(2) + "`");
                }
            }
        }

        String line(String name) {
            StringBuilder shown = new StringBuilder();
            labels.forEach((label, values) -> shown.append(shown.isEmpty() ? "" : "; ")
                    .append("`")
                    .append(label)
                    .append("`: ")
                    .append(String.join(", ", values)));
            return "| `" + name + "` | " + type + " | " + shown + " | " + help.replace("|", "\\|") + " |\n";
        }
    }
}
