package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An executor of which some thread meets an error that nobody has foreseen. */
class FailingThreadsTest {
    private TakeoverRig rig;

    @BeforeEach
    void start() {
        rig = TakeoverRig.start();
        Fault.NEXT.set(null);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    /** Throws an error once, out of a poll that brings something to a client of this name. */
    public static final class Fault
            implements ConsumerInterceptor<byte[], byte[]>, ProducerInterceptor<byte[], byte[]> {
        static final AtomicReference<@Nullable Planned> NEXT = new AtomicReference<>();
        private String client = "";

        record Planned(String client, Error error) {}

        @Override
        public void configure(Map<String, ?> settings) {
            client = String.valueOf(settings.get("client.id"));
        }

        @Override
        public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
            Planned next = NEXT.get();
            if (next != null && next.client().equals(client) && !records.isEmpty() && NEXT.compareAndSet(next, null)) {
                throw next.error();
            }
            return records;
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

        @Override
        public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
            return record;
        }

        @Override
        public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception exception) {}

        @Override
        public void close() {}
    }

    private Executor executor() {
        KafkaClientSettings kafka = rig.config().kafka();
        Map<String, String> settings = new HashMap<>(kafka.properties());
        settings.put("interceptor.classes", Fault.class.getName());
        Executor executor =
                Executor.start(rig.config().withKafka(new KafkaClientSettings(kafka.bootstrapServers(), settings)));
        executor.ready().orTimeout(30, TimeUnit.SECONDS).join();
        return executor;
    }

    @Test
    void anErrorInTheThreadThatReadsCommandsEndsTheExecutor() {
        try (Executor executor = executor()) {
            Fault.NEXT.set(new Fault.Planned("heddle-executor", new StackOverflowError("for a test")));
            RunStart unused = rig.commands().start(UserKey.of("someone"), "echo", "{}");
            ExecutionException ended = assertThrows(
                    ExecutionException.class, () -> executor.ended().get(30, TimeUnit.SECONDS));
            assertInstanceOf(StackOverflowError.class, ended.getCause());
            assertFalse(executor.isReady());
        }
    }

    @Test
    void anErrorWhileAPartitionIsTakenOverHasItTakenOverAgain() {
        try (Executor executor = executor()) {
            Fault.NEXT.set(new Fault.Planned("heddle-history", new OutOfMemoryError("for a test")));
            UserKey user = UserKey.of("someone");
            RunStart run = rig.commands().start(user, "echo", "{}");
            rig.log().ended(user, run.header().runId());
            assertNull(Fault.NEXT.get(), "the error was met");
            assertFalse(executor.ended().isDone());
        }
    }
}
