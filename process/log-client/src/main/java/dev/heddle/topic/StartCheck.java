package dev.heddle.topic;

import dev.heddle.config.KafkaClientSettings;
import dev.heddle.event.topic.TopicLayout;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The check of the topics when a role starts: a comparison of what it expects with those that there are. Blocks its
 * caller.
 *
 * <p>On a {@linkplain LocalCluster local cluster} the topics that are missing are made, and as many copies are expected
 * as there are brokers; a warning says so. Anywhere else the topics must be there and as configured.
 *
 * @param kafka how the cluster was reached
 * @param layout what the topics are expected to be
 * @param largest what the role may append; a topic that takes less is warned of, because it refuses single records only
 */
public record StartCheck(KafkaClientSettings kafka, TopicLayout layout, LargestRecords largest) {
    private static final Logger log = LoggerFactory.getLogger(StartCheck.class);

    /**
     * Compares, after making what a local cluster lacks.
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
     * Makes what a local cluster lacks, and does nothing anywhere else: for a role that does not compare the whole
     * layout.
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

    /** Nothing is made beside topics of another layout, which somebody else has made and this role is to refuse. */
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

    /** Reading a topic's configuration takes a right of its own, which a role need not have to work. */
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
