package dev.heddle.ingest;

import dev.heddle.concurrent.DaemonThreads;
import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.Generation;
import dev.heddle.role.RoleException;
import dev.heddle.topic.StartCheck;
import dev.heddle.topic.TopicAdmin;
import dev.heddle.topic.TopicException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The periodic check that the log answers and is still the one that this process began with. Has a thread of its own.
 */
final class LogCheck implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LogCheck.class);
    private static final int EVERY_SECONDS = 5;

    private final Admin admin;
    private final Generation generation;
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, DaemonThreads.numbered("log-check"));
    private volatile boolean usable = true;

    private LogCheck(Admin admin, Generation generation) {
        this.admin = admin;
        this.generation = generation;
    }

    /**
     * Checks the topics, creates missing ones on a local Kafka, and starts the periodic check.
     *
     * @throws RoleException with one line: Kafka cannot be reached, or the topics are not as configured
     */
    static LogCheck start(StartCheck expected) {
        KafkaClientSettings kafka = expected.kafka();
        Admin admin = TopicAdmin.open(kafka, "heddle-ingest-check");
        try {
            List<String> problems = expected.problems(admin);
            if (!problems.isEmpty()) {
                throw new RoleException("the topics are not as configured: " + String.join("; ", problems));
            }
            LogCheck check = new LogCheck(admin, TopicAdmin.generation(admin));
            var unused =
                    check.timer.scheduleWithFixedDelay(check::look, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
            return check;
        } catch (KafkaException | TopicException e) {
            admin.close(Duration.ZERO);
            throw new RoleException("Kafka cannot be asked at " + kafka.bootstrapServers() + ": " + e.getMessage(), e);
        } catch (RoleException e) {
            admin.close(Duration.ZERO);
            throw e;
        }
    }

    Generation generation() {
        return generation;
    }

    /** True if batches can be taken; false for good once the log is another one, which needs a new process. */
    boolean isUsable() {
        return usable;
    }

    private void look() {
        boolean before = usable;
        try {
            usable = TopicAdmin.generation(admin).equals(generation);
        } catch (KafkaException | TopicException e) {
            usable = false;
        } catch (RuntimeException | Error e) {
            // An exception here would end all further checks, and the last result would hold for ever.
            log.atError().setCause(e).log("The log could not be looked at");
            usable = false;
        }
        if (before != usable) {
            log.atWarn().addKeyValue("usable", usable).log("The log has changed or Kafka's answers have");
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        admin.close(Duration.ZERO);
    }
}
