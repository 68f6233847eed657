package dev.heddle.executor;

import dev.heddle.agents.AgentRegistry;
import dev.heddle.agents.AgentSpec;
import dev.heddle.concurrent.DaemonThreads;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.AgentOffer;
import dev.heddle.event.Availability;
import dev.heddle.event.ExecutorStatus;
import dev.heddle.event.ExecutorStatusCodec;
import dev.heddle.event.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The periodic announcement in {@code agent-executors} of the agents that this executor offers, withdrawn at the end.
 * Each acknowledged announcement is also the proof that Kafka can be reached.
 */
final class StatusAnnouncer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StatusAnnouncer.class);

    /** The time-out of a request to Kafka, in ms, and half of an announcement's: the next one is on its way by then. */
    private static final int STALE_AFTER_MS = 5_000;

    private final KafkaProducer<byte[], byte[]> producer;
    private final ExecutorConfig.Status settings;
    private final AgentRegistry agents;
    private final InstantSource clock;
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, DaemonThreads.numbered("heddle-status"));
    private volatile Instant lastAcknowledged = Instant.EPOCH;
    private volatile Load load = new Load(0, 1);
    private volatile boolean leaving;

    /** The load of the executor. */
    record Load(int running, int most) {
        private Availability availability() {
            return running < most ? Availability.AVAILABLE : Availability.BUSY;
        }
    }

    StatusAnnouncer(
            KafkaClientSettings kafka, ExecutorConfig.Status settings, AgentRegistry agents, InstantSource clock) {
        Map<String, Object> properties = kafka.forClient("heddle-executor-status");
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, STALE_AFTER_MS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, STALE_AFTER_MS);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * STALE_AFTER_MS);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        this.settings = settings;
        this.agents = agents;
        this.clock = clock;
    }

    void start() {
        var unused =
                timer.scheduleAtFixedRate(this::announce, 0, settings.every().toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Sets the load. A change of availability is announced at once, the number of runs with the next announcement. Any
     * thread.
     */
    void changed(Load now) {
        boolean other = now.availability() != load.availability();
        load = now;
        if (other) {
            later(this::announce);
        }
    }

    /** Announces that no run begins here any more. Any thread. */
    void leaving() {
        leaving = true;
        later(this::announce);
    }

    private void later(Runnable work) {
        try {
            timer.execute(work);
        } catch (RejectedExecutionException e) {
            log.atDebug().log("Closed meanwhile");
        }
    }

    /** True if Kafka has acknowledged an announcement within the last three. */
    boolean isHeard() {
        Duration silence = Duration.between(lastAcknowledged, clock.instant());
        return silence.compareTo(settings.every().multipliedBy(3).plusSeconds(1)) <= 0;
    }

    /** Sends one announcement; throws nothing, since that would end the series. */
    private void announce() {
        try {
            send(ExecutorStatusCodec.encode(status()));
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("The executor's status could not be made");
        }
    }

    private ExecutorStatus status() {
        Availability availability = leaving ? Availability.UNAVAILABLE : load.availability();
        List<AgentOffer> offers = agents.agents().stream()
                .map(agent -> offer(agent, availability))
                .toList();
        return new ExecutorStatus(settings.executorId(), clock.instant(), settings.every(), offers);
    }

    private AgentOffer offer(AgentSpec agent, Availability availability) {
        return new AgentOffer(agent.id(), availability, agent.description(), load.running());
    }

    private void send(byte @Nullable [] value) {
        byte[] key = settings.executorId().getBytes(StandardCharsets.UTF_8);
        try {
            var unused = producer.send(
                    new ProducerRecord<>(Topics.AGENT_EXECUTORS, key, value), (metadata, failure) -> heard(failure));
        } catch (KafkaException e) {
            heard(e);
        }
    }

    private void heard(@Nullable Exception failure) {
        if (failure == null) {
            lastAcknowledged = clock.instant();
        } else {
            log.atWarn()
                    .addKeyValue("error", failure.getClass().getName())
                    .log("The executor's status could not be announced");
        }
    }

    /** Withdraws the agents: a last status that is unavailable for present readers, then a tombstone for later ones. */
    @Override
    public void close() {
        leaving = true;
        timer.shutdownNow();
        announce();
        send(null);
        producer.close(Duration.ofSeconds(5));
    }
}
