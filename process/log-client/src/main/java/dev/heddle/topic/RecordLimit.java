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
 * transaction of all records in its partition, so a fenced producer asks before it sends.
 *
 * <p>Values up to {@value #ALWAYS_TAKEN} bytes are always allowed. For larger ones Kafka is asked at most once a
 * second, which blocks for some milliseconds and at most {@value #PATIENCE_SECONDS} s. If Kafka does not answer, or the
 * client may not read the topic's configuration, the last answer counts; without one there is no limit. Any thread.
 */
public final class RecordLimit implements AutoCloseable {

    /** The size in bytes that is always allowed; a topic with a smaller limit is of no use. */
    private static final int ALWAYS_TAKEN = 16 << 10;
    /** The size of the batch, the key and the headers beside the value, in bytes. */
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

    /** Creates the limit of the topic in this Kafka; the first request for it opens an admin client. */
    public RecordLimit(KafkaClientSettings kafka, String clientId) {
        this.kafka = kafka;
        this.clientId = clientId;
    }

    private RecordLimit() {
        this.kafka = null;
        this.clientId = "";
    }

    /** No limit; Kafka is not asked. */
    public static RecordLimit none() {
        return new RecordLimit();
    }

    /** The largest allowed value in bytes, given that the caller's has this size. */
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
