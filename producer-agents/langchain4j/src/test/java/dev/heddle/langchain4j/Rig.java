package dev.heddle.langchain4j;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.Agent;
import dev.heddle.agents.Cancellation;
import dev.heddle.agents.Publisher;
import dev.heddle.agents.PublisherSettings;
import dev.heddle.agents.RunAddress;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.RunInput;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.EventIds;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.RunLog;
import dev.heddle.topic.TopicAdmin;
import dev.langchain4j.model.chat.StreamingChatModel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;

/** Agents run as an executor runs them, with a model behind a local server and a real log. */
final class Rig implements AutoCloseable {

    private static final int PARTITIONS = 4;
    static final UserKey ALICE = UserKey.of("alice");

    final ChatCompletionsServer server = new ChatCompletionsServer();
    final StreamingChatModel model =
            new ModelConfig(server.baseUrl(), "test-model", null, Duration.ofSeconds(5)).streaming();
    final RunLog log;
    private final Publisher publisher;

    Rig(KafkaFixture kafka) {
        try (Admin admin = kafka.admin()) {
            TopicAdmin.create(admin, TopicLayout.local().withPartitions(PARTITIONS));
        }
        publisher = Publisher.open(
                KafkaClientSettings.at(kafka.bootstrapServers()),
                PublisherSettings.defaults().withPartitions(PARTITIONS));
        log = new RunLog(kafka.bootstrapServers());
    }

    /** A run that a test has in its hands. */
    final class Run {
        final RunAddress address;
        final Cancellation cancellation;
        final RunEmitter out;
        private final RunContext context;

        private Run(UserKey user, ObjectNode input) {
            InstantSource clock = InstantSource.system();
            address = RunAddress.newRun(user, "thread-1", "agent");
            cancellation = new Cancellation(clock, clock.instant().plusSeconds(60));
            context = new RunContext(address, 0, new RunInput(input), cancellation);
            out = publisher.run(address);
        }

        /** As the executor does it: guarded, so that a cancel interrupts it. */
        void work(Agent agent) throws Exception {
            cancellation.guard(() -> agent.run(context, out));
        }

        /** As the executor does it: the end first, then the agent is told. */
        void cancel() {
            out.cancel();
            cancellation.request();
        }

        List<ObjectNode> events() throws InterruptedException {
            out.flush();
            return log.whole(address.user(), address.runId());
        }
    }

    Run run(UserKey user, ObjectNode input) {
        return new Run(user, input);
    }

    /** Runs the agent to its end. */
    List<ObjectNode> run(Agent agent, ObjectNode input) throws Exception {
        Run run = run(ALICE, input);
        run.work(agent);
        return run.events();
    }

    static ObjectNode asking(String text) {
        ObjectNode input = Json.object();
        input.putArray("messages")
                .addObject()
                .put("id", EventIds.next())
                .put("role", "user")
                .put("content", text);
        return input;
    }

    static List<String> types(List<ObjectNode> events) {
        return events.stream().map(event -> event.path("type").asText()).toList();
    }

    static List<ObjectNode> ofType(List<ObjectNode> events, String type) {
        return events.stream()
                .filter(event -> event.path("type").asText().equals(type))
                .toList();
    }

    static ObjectNode last(List<ObjectNode> events) {
        return events.get(events.size() - 1);
    }

    /** The deltas of this type, joined. */
    static String joined(List<ObjectNode> events, String type) {
        StringBuilder text = new StringBuilder();
        ofType(events, type).forEach(event -> text.append(event.path("delta").asText()));
        return text.toString();
    }

    @Override
    public void close() {
        log.close();
        publisher.close();
        server.close();
    }
}
