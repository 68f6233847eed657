package dev.heddle.executor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgentCommand;
import dev.heddle.event.CommandCodec;
import dev.heddle.event.CommandHeader;
import dev.heddle.event.EventIds;
import dev.heddle.event.Json;
import dev.heddle.event.Partitioning;
import dev.heddle.event.RunCancel;
import dev.heddle.event.RunResume;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.Topics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Appends commands as an edge does; each call returns when Kafka has acknowledged. */
public final class CommandSender implements AutoCloseable {

    private final KafkaProducer<byte[], byte[]> producer;
    private final int partitions;

    public CommandSender(String bootstrap, int partitions) {
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.partitions = partitions;
    }

    public static CommandHeader header(UserKey user, String threadId, String runId) {
        return new CommandHeader(EventIds.next(), user, threadId, runId, Instant.now());
    }

    /** Starts a run whose id is also its command's, and gives the command. */
    public RunStart start(UserKey user, String agentId, String input) {
        String runId = EventIds.next();
        return send(new RunStart(header(user, "thread-of-" + runId, runId), agentId, json(input)));
    }

    RunStart startIn(UserKey user, String threadId, String input) {
        return send(new RunStart(header(user, threadId, EventIds.next()), "countdown", json(input)));
    }

    public RunCancel cancel(RunStart start) {
        CommandHeader run = start.header();
        return send(new RunCancel(header(run.user(), run.threadId(), run.runId())));
    }

    RunResume resume(UserKey user) {
        return send(
                new RunResume(header(user, "t", EventIds.next()), Json.mapper().createArrayNode()));
    }

    public <C extends AgentCommand> C send(C command) {
        raw(command.header().user(), CommandCodec.encode(command));
        return command;
    }

    /** Appends them in their order, without waiting for each. */
    void sendAll(List<? extends AgentCommand> all) {
        List<Future<RecordMetadata>> sent = all.stream()
                .map(command -> producer.send(record(command.header().user(), CommandCodec.encode(command))))
                .toList();
        sent.forEach(CommandSender::await);
    }

    private ProducerRecord<byte[], byte[]> record(UserKey user, byte[] value) {
        int partition = Partitioning.partitionOf(user, partitions);
        return new ProducerRecord<>(Topics.AGENT_COMMANDS, partition, user.utf8(), value);
    }

    void raw(UserKey user, byte[] value) {
        await(producer.send(record(user, value)));
    }

    private static void await(Future<RecordMetadata> sent) {
        try {
            sent.get();
        } catch (ExecutionException e) {
            throw new AssertionError("the command was not acknowledged", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    static ObjectNode json(String text) {
        return Json.parseObject(text.replace('\'', '"'));
    }

    @Override
    public void close() {
        producer.close();
    }
}
