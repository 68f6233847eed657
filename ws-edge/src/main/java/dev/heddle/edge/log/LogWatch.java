package dev.heddle.edge.log;

import dev.heddle.concurrent.DaemonThreads;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.Generation;
import dev.heddle.event.topic.Topics;
import dev.heddle.topic.TopicAdmin;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The periodic check of a running edge: Kafka answers, and the log is still the same. It has a thread of its own, which
 * also calls the listener.
 */
public final class LogWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LogWatch.class);
    private static final Duration EVERY = Duration.ofMillis(500);
    private static final int PATIENCE_MILLIS = 1_500;

    /** The number of failed checks in a row after which Kafka counts as away; a single failure may be a failover. */
    private static final int AWAY_AFTER = 2;

    private final Admin admin;
    private final Listener listener;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("log-watch"));
    private int failures;

    /** The listener to the result of each check, called on the watch's thread; must not throw. */
    public interface Listener {
        /** Called at each check that finds the log. */
        void present(Generation now);

        /** Called at each check that finds Kafka without the topic, from the second one in a row on. */
        void gone();

        /** Called at each check that Kafka does not answer, from the second one in a row on. */
        void away();
    }

    /** Starts a watch. */
    public LogWatch(KafkaClientSettings kafka, Listener listener) {
        Map<String, Object> properties = new HashMap<>(kafka.forClient("heddle-edge-watch"));
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        this.admin = Admin.create(properties);
        this.listener = listener;
        long millis = EVERY.toMillis();
        var unused = thread.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            Map<String, TopicDescription> found = admin.describeTopics(List.of(Topics.AGENT_EVENTS))
                    .allTopicNames()
                    .get(2L * PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            failures = 0;
            found.values().forEach(topic -> listener.present(TopicAdmin.generationOf(topic)));
        } catch (ExecutionException e) {
            failed(e.getCause() instanceof UnknownTopicOrPartitionException);
        } catch (TimeoutException e) {
            failed(false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            // Also an error: an exception here would end all further looks, and the edge would go on without a watch.
            log.atError().setCause(e).log("The watch failed on what it saw");
        }
    }

    private void failed(boolean topicIsUnknown) {
        failures++;
        if (failures >= AWAY_AFTER && topicIsUnknown) {
            listener.gone();
        } else if (failures >= AWAY_AFTER) {
            listener.away();
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        admin.close(Duration.ofSeconds(1));
    }
}
