package dev.heddle.testing;

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
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A reader of the log's events, which reads to the present end of the log at each call. For one thread at a time. */
public final class RunLog implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(40);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<AgentEvent> log = new ArrayList<>();

    public RunLog(String bootstrap) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.AGENT_EVENTS).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** The run's events in the order of the log, after reading the log to its end. */
    public List<AgentEvent> of(UserKey user, String runId) {
        readToEnd();
        List<AgentEvent> events = new ArrayList<>();
        for (AgentEvent event : log) {
            RunPlace place = event.envelope().run();
            if (event.envelope().user().equals(user)
                    && place != null
                    && place.runId().equals(runId)) {
                events.add(event);
            }
        }
        return events;
    }

    /** The JSON of the run's events, after checking that they are numbered without a gap, legal, and ended. */
    public List<ObjectNode> whole(UserKey user, String runId) {
        List<ObjectNode> events = new ArrayList<>();
        RunGrammar grammar = new RunGrammar();
        for (AgentEvent event : of(user, runId)) {
            long runSeq = Objects.requireNonNull(event.envelope().run()).runSeq();
            if (runSeq != events.size()) {
                throw new AssertionError("runSeq " + runSeq + " where " + events.size() + " was due");
            }
            grammar.accept(event.event());
            events.add(event.event());
        }
        if (!grammar.isOver()) {
            throw new AssertionError("run " + runId + " has no end: " + events);
        }
        return events;
    }

    private void readToEnd() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        long limit = System.nanoTime() + LIMIT.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() > limit) {
                throw new AssertionError("the log could not be read to its end");
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                UserKey owner = UserKey.fromUtf8(Objects.requireNonNull(record.key()));
                log.add(EventCodec.decode(owner, Objects.requireNonNull(record.value())));
            }
        }
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
