package dev.heddle.topic;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The largest value that {@code agent-events} takes at the moment. A broker that refuses one record breaks the
 * transaction of everybody in its partition, so a producer with a fence asks before it sends.
 *
 * <p>Only values above {@value #ALWAYS_TAKEN} bytes are asked for, and Kafka at most once a second, which blocks for
 * some milliseconds and at most {@value #PATIENCE_SECONDS} s. Where it does not answer, or the client may not read the
 * topic's configuration, the last answer counts, and without one there is no limit. Safe on any thread.
 */
public final class RecordLimit implements AutoCloseable {

    /** A topic that takes less is of no use to anybody. */
    private static final int ALWAYS_TAKEN = 16 << 10;
    /** The size of the batch, the key and the headers beside the value. */
    private static final int BESIDE = 1 << 10;

    private static final int PATIENCE_SECONDS = 3;
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Logger log = LoggerFactory.getLogger(RecordLimit.class);

    private final @Nullable KafkaClientSettings kafka;
    private final String clientId;
    private @Nullable Admin admin;
    private int known = Integer.MAX_VALUE;
    private long asked = System.nanoTime() - FRESH_NANOS;
    private boolean closed;

    /** The limit of the topic in this Kafka, asked with a client of its own from the first question on. */
    public RecordLimit(KafkaClientSettings kafka, String clientId) {
        this.kafka = kafka;
        this.clientId = clientId;
    }

    private RecordLimit() {
        this.kafka = null;
        this.clientId = "";
    }

    /** No limit: nobody is asked. */
    public static RecordLimit none() {
        return new RecordLimit();
    }

    /** The most bytes that a value may have, if it is to be as large as this one. */
    public int most(int valueBytes) {
        return kafka == null || valueBytes <= ALWAYS_TAKEN ? Integer.MAX_VALUE : asked(kafka);
    }

    private synchronized int asked(KafkaClientSettings from) {
        if (!closed && System.nanoTime() - asked >= FRESH_NANOS) {
            try {
                Admin client = admin == null ? TopicAdmin.open(from, clientId) : admin;
                admin = client;
                known = Math.max(ALWAYS_TAKEN, ask(client) - BESIDE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException | KafkaException | TopicException e) {
                log.atDebug().setCause(e).log("the topic's limit could not be asked for");
            }
            asked = System.nanoTime();
        }
        return known;
    }

    private static int ask(Admin client) throws InterruptedException, ExecutionException, TimeoutException {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.AGENT_EVENTS);
        KafkaFuture<Config> answer = Objects.requireNonNull(
                client.describeConfigs(List.of(topic)).values().get(topic));
        ConfigEntry limit = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS).get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        return limit == null ? Integer.MAX_VALUE : Integer.parseInt(limit.value());
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
