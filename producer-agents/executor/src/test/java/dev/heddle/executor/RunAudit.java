package dev.heddle.executor;

import dev.heddle.event.AgentEvent;
import dev.heddle.event.EventCodec;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.RunGrammar;
import dev.heddle.event.RunPlace;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the log as it grows and judges each run by itself: numbers, attempts, order, ends, results. */
final class RunAudit implements AutoCloseable {

    private record Key(UserKey user, String id) {}

    /** One run so far. */
    private static final class Seen {
        private final RunGrammar grammar = new RunGrammar();
        private final Set<String> results = new HashSet<>();
        private long next;
        private int attempt;
    }

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<Key, Seen> runs = new HashMap<>();
    private final Set<Key> answered = new HashSet<>();
    private final List<String> faults = new ArrayList<>();
    private int ends;
    private int takenOver;

    RunAudit(String bootstrap) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.AGENT_EVENTS).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads until so many runs have ended. */
    void awaitEnds(int count, Duration limit) {
        await(() -> ends >= count, count + " ends", limit);
    }

    /** Reads until each of the commands has ended in events. */
    void awaitSettled(List<RunStart> commands, Duration limit) {
        await(() -> commands.stream().allMatch(this::isSettled), "all commands to end in events", limit);
        System.out.println("measured: " + commands.size() + " commands, " + runs.size() + " runs, " + takenOver
                + " of them taken over");
    }

    /** How many of the runs seen went on, or were ended, by another process than the one that began them. */
    int takenOver() {
        return takenOver;
    }

    /** Reads for that long. */
    void readFor(Duration time) {
        long limit = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < limit) {
            read();
        }
    }

    private void await(BooleanSupplier reached, String what, Duration limit) {
        long last = System.nanoTime() + limit.toNanos();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() > last) {
                throw new AssertionError("no " + what + "; " + ends + " runs of " + runs.size() + " have ended");
            }
            read();
        }
    }

    private void read() {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            UserKey user = UserKey.fromUtf8(Objects.requireNonNull(record.key()));
            judge(user, EventCodec.decode(user, Objects.requireNonNull(record.value())));
        }
    }

    private void judge(UserKey user, AgentEvent event) {
        RunPlace place = event.envelope().run();
        if (place == null) {
            answered.add(new Key(user, event.event().path("value").path("id").asText()));
            return;
        }
        Seen run = runs.computeIfAbsent(new Key(user, place.runId()), key -> new Seen());
        String where = user.value() + " " + place;
        if (place.runSeq() != run.next) {
            faults.add(where + " after " + run.next);
        }
        run.next = place.runSeq() + 1;
        if (place.attempt() < run.attempt) {
            faults.add(where + " after attempt " + run.attempt);
        } else if (place.attempt() > run.attempt) {
            takenOver += run.attempt == 0 ? 1 : 0;
            run.attempt = place.attempt();
        }
        try {
            run.grammar.accept(event.event());
            ends += run.grammar.isOver() ? 1 : 0;
        } catch (InvalidEventException e) {
            faults.add(where + " " + e.getMessage());
        }
        if (event.type().equals("TOOL_CALL_RESULT")
                && !run.results.add(event.event().path("toolCallId").asText())) {
            faults.add(where + " a second result");
        }
    }

    private boolean isSettled(RunStart command) {
        Seen run = runs.get(new Key(command.header().user(), command.header().runId()));
        return run == null
                ? answered.contains(
                        new Key(command.header().user(), command.header().id()))
                : run.grammar.isOver();
    }

    /** What is wrong with the log. */
    List<String> faults(List<RunStart> commands) {
        List<String> all = new ArrayList<>(faults);
        commands.stream()
                .filter(command -> !isSettled(command))
                .forEach(command -> all.add(command.header().runId() + " has not ended"));
        return all;
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
