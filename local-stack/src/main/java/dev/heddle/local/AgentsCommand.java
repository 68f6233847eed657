package dev.heddle.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.AgentOffer;
import dev.heddle.event.ExecutorStatus;
import dev.heddle.event.Json;
import dev.heddle.process.KafkaOptions;
import dev.heddle.process.VisibleText;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heddle agents}: the agents on offer and the executors that offer them, a line each. */
@Command(
        name = "agents",
        description = {
            "List the agents on offer and their executors: available, busy, unavailable while the executor stops, or gone when it has"
                    + " been silent for three announcements, for ten minutes."
        })
final class AgentsCommand implements Callable<Integer> {

    private static final String GONE = "gone";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before any command runs.
    private CommandSpec spec;

    @Mixin
    private final KafkaOptions reach = new KafkaOptions();

    @Option(names = "--json", description = "one JSON object a line")
    private boolean json;

    @Override
    public Integer call() {
        KafkaClientSettings kafka = reach.forTool();
        Instant now = InstantSource.system().instant();
        List<AnnouncedExecutors.Heard> executors;
        try {
            executors = AnnouncedExecutors.read(kafka).stream()
                    .filter(heard -> !heard.isForgotten(now))
                    .toList();
        } catch (KafkaException e) {
            throw CommandFailedException.noAnswer(kafka, e);
        }
        if (executors.isEmpty()) {
            spec.commandLine().getErr().println("heddle agents: no executor offers any");
        }
        PrintWriter out = spec.commandLine().getOut();
        for (AnnouncedExecutors.Heard heard : executors) {
            boolean gone = heard.isGone(now);
            for (AgentOffer offer : heard.status().agents()) {
                String status = gone ? GONE : offer.status().wire();
                out.println(json ? asJson(heard.status(), offer, status) : asText(heard.status(), offer, status));
            }
        }
        out.flush();
        return 0;
    }

    private static String asJson(ExecutorStatus executor, AgentOffer offer, String status) {
        ObjectNode line = Json.object()
                .put("agentId", offer.agentId())
                .put("status", status)
                .put("executorId", executor.executorId())
                .put("running", offer.running())
                .put("at", executor.at().toString());
        @Nullable String description = offer.description();
        if (description != null) {
            line.put("description", description);
        }
        return Json.text(line);
    }

    /**
     * Formats one offer as a line. Names from executors and agents may hold terminal control characters, so they are
     * made visible.
     */
    private static String asText(ExecutorStatus executor, AgentOffer offer, String status) {
        String line = "%-20s %-12s %s (%d runs)  %s"
                .formatted(
                        offer.agentId(),
                        status,
                        executor.executorId(),
                        offer.running(),
                        offer.description() == null ? "" : offer.description());
        return VisibleText.of(line.stripTrailing());
    }
}
