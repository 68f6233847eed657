package dev.heddle.topic;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.topic.TopicLayout;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The check of the topics when a role starts: a comparison of the expected with the existing topics. Blocks its caller.
 *
 * <p>On a {@linkplain LocalCluster local cluster} missing topics are created, and at most as many copies are expected
 * as there are brokers, with a warning. On any other cluster the topics must exist as configured.
 *
 * @param kafka how the cluster was reached
 * @param layout what the topics are expected to be
 * @param largest what the role may append; a topic that takes less is warned of, because it refuses single records only
 */
public record StartCheck(KafkaClientSettings kafka, TopicLayout layout, LargestRecords largest) {
    private static final Logger log = LoggerFactory.getLogger(StartCheck.class);

    /**
     * Compares the topics, after creating those that a local cluster lacks.
     *
     * @return one line for each difference with which the role must not start
     * @throws TopicException if Kafka does not answer or refuses
     */
    public List<String> problems(Admin admin) {
        Optional<LocalCluster> local = LocalCluster.of(admin, kafka);
        if (local.isPresent()) {
            make(admin, local.get());
        }
        TopicLayout expected = local.map(cluster -> cluster.fitted(layout)).orElse(layout);
        List<String> problems = TopicAdmin.check(admin, expected);
        if (problems.isEmpty() && !expected.equals(layout)) {
            log.atWarn()
                    .addKeyValue("brokers", local.map(LocalCluster::brokers).orElse(0))
                    .addKeyValue("copies", expected.replication())
                    .addKeyValue("configured", layout.replication())
                    .log("A local Kafka has fewer brokers than copies are configured: what one broker loses is lost");
        }
        warnOfSizes(admin);
        return problems;
    }

    /**
     * Creates the topics that a local cluster lacks, and none on any other cluster; for a role that does not compare
     * the whole layout.
     *
     * @throws TopicException if Kafka does not answer or refuses; it names the address
     */
    public void prepare(Admin admin) {
        TopicAdmin.named(kafka, () -> {
            LocalCluster.of(admin, kafka).ifPresent(local -> make(admin, local));
            return admin;
        });
        warnOfSizes(admin);
    }

    /** Creates missing topics, unless existing ones have another layout, which this role then refuses. */
    private void make(Admin admin, LocalCluster local) {
        TopicLayout fitted = local.fitted(layout);
        List<String> problems = TopicAdmin.check(admin, fitted);
        if (problems.isEmpty() || !problems.stream().allMatch(TopicCheck::isMendedByCreate)) {
            return;
        }
        List<String> made = TopicAdmin.create(admin, fitted, largest);
        TopicAdmin.awaitAll(admin, fitted); // also those that another role makes just now
        if (!made.isEmpty()) {
            log.atWarn()
                    .addKeyValue("topics", made)
                    .addKeyValue("copies", fitted.replication())
                    .log("Topics that a local Kafka lacked were made");
        }
    }

    /**
     * Warns of topics that refuse the largest records. It ignores failures, because a role can work without the
     * permission to read a topic's configuration.
     */
    private void warnOfSizes(Admin admin) {
        try {
            for (String problem : TopicAdmin.sizeProblems(admin, largest)) {
                log.atWarn().addKeyValue("reason", problem).log("A topic refuses the largest records");
            }
        } catch (TopicException e) {
            log.atDebug()
                    .addKeyValue("error", e.getMessage())
                    .log("The topics' largest records could not be asked for");
        }
    }
}
