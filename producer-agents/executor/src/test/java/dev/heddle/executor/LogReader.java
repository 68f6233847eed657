package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.EventCodec;
import dev.heddle.event.RunGrammar;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What stands in the log, read from its beginning; a test waits in it for what it expects. */
public final class LogReader implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(40);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<AgentEvent> log = new ArrayList<>();

    public LogReader(String bootstrap) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.AGENT_EVENTS).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** All events of the user so far, in order. */
    public List<AgentEvent> of(UserKey user) {
        return log.stream()
                .filter(event -> event.envelope().user().equals(user))
                .toList();
    }

    /** The JSON of the events of one run so far, after checking that they are numbered and legal. */
    List<ObjectNode> run(UserKey user, String runId) {
        List<ObjectNode> events = new ArrayList<>();
        RunGrammar grammar = new RunGrammar();
        for (AgentEvent event : of(user)) {
            RunPlace place = event.envelope().run();
            if (place != null && place.runId().equals(runId)) {
                assertEquals(events.size(), place.runSeq(), "runSeq is gap-free");
                grammar.accept(event.event());
                events.add(event.event());
            }
        }
        return events;
    }

    /** Waits for the run's end and gives its events. */
    public List<ObjectNode> ended(UserKey user, String runId) {
        awaitUntil("the end of run " + runId, user, event -> isEnd(event, runId));
        return run(user, runId);
    }

    /** Waits for an event of the run of the given type. */
    public void awaitEvent(UserKey user, String runId, String type) {
        awaitUntil(type + " of run " + runId, user, event -> {
            RunPlace place = event.envelope().run();
            return place != null && place.runId().equals(runId) && event.type().equals(type);
        });
    }

    /** Waits for what became of a command that is no run, as status and code. */
    String reply(UserKey user, String commandId) {
        AgentEvent reply = awaitUntil(
                "a reply to " + commandId,
                user,
                event -> event.envelope().run() == null
                        && event.event().path("name").asText().equals("heddle.command")
                        && event.event().path("value").path("id").asText().equals(commandId));
        return reply.event().path("value").path("status").asText() + " "
                + reply.event().path("value").path("code").asText();
    }

    /** Whether the events of a run hold its end. */
    static boolean hasEnd(List<ObjectNode> events) {
        return events.stream()
                .map(event -> event.path("type").asText())
                .anyMatch(type -> type.equals("RUN_FINISHED") || type.equals("RUN_ERROR"));
    }

    static boolean isEnd(AgentEvent event, String runId) {
        RunPlace place = event.envelope().run();
        return place != null
                && place.runId().equals(runId)
                && (event.type().equals("RUN_FINISHED") || event.type().equals("RUN_ERROR"));
    }

    AgentEvent awaitUntil(String what, UserKey user, Predicate<AgentEvent> expected) {
        return awaitAny(what, event -> event.envelope().user().equals(user) && expected.test(event));
    }

    /** Waits for an event of anybody's. */
    AgentEvent awaitAny(String what, Predicate<AgentEvent> expected) {
        long limit = System.nanoTime() + LIMIT.toNanos();
        int seen = 0;
        while (System.nanoTime() < limit) {
            for (; seen < log.size(); seen++) {
                if (expected.test(log.get(seen))) {
                    return log.get(seen);
                }
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                UserKey owner = UserKey.fromUtf8(Objects.requireNonNull(record.key()));
                log.add(EventCodec.decode(owner, Objects.requireNonNull(record.value())));
            }
        }
        throw new AssertionError(
                what + " did not come; there is " + log.subList(Math.max(0, log.size() - 100), log.size()));
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
