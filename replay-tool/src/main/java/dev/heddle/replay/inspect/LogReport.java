package dev.heddle.replay.inspect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import dev.heddle.replay.output.Amounts;
import dev.heddle.replay.output.Table;
import dev.heddle.topic.EventLogTopics;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The report on a log.
 *
 * @param partitions in order
 */
public record LogReport(EventLogTopics log, List<TopicFacts> topics, List<PartitionStatistics> partitions) {
    /** Prints the report as text, or as one JSON object. */
    public void print(PrintStream out, boolean json) {
        if (json) {
            out.println(Json.text(json()));
        } else {
            print(out);
        }
    }

    private void print(PrintStream out) {
        out.println("log " + log.name() + ", generation " + log.generation().topicId());
        out.println();
        Table table = new Table("TOPIC", "PARTITIONS", "COPIES", "RETENTION", "SIZE");
        for (TopicFacts topic : topics) {
            table.row(
                    topic.name(),
                    topic.partitions(),
                    topic.replication(),
                    topic.retentionMillis() == null ? "-" : Amounts.millis(topic.retentionMillis()),
                    topic.size() < 0 ? "?" : Amounts.bytes(topic.size()));
        }
        table.print(out);
        out.println();
        printPartitions(out);
        out.println();
        long blocks = partitions.stream().mapToLong(PartitionStatistics::blocks).sum();
        long indexed =
                partitions.stream().mapToLong(PartitionStatistics::indexed).sum();
        long unusable =
                partitions.stream().mapToLong(each -> each.index().unusable()).sum();
        out.println("index: " + Amounts.count(indexed) + " of " + Amounts.count(blocks) + " complete blocks, "
                + Amounts.bytes(partitions.stream()
                        .mapToLong(each -> each.index().bytes())
                        .sum())
                + (unusable == 0 ? "" : "; " + unusable + " records that are no index records of this log"));
        schemas()
                .forEach((schema, count) -> out.println("schema " + schema + ": " + Amounts.count(count) + " records"));
        long undecodables =
                partitions.stream().mapToLong(PartitionStatistics::undecodables).sum();
        if (undecodables > 0) {
            out.println(Amounts.count(undecodables) + " records cannot be read:");
            partitions.forEach(each -> each.undecodable().forEach(line -> out.println("  " + line)));
        }
        partitions.forEach(
                each -> each.unreadable().forEach(range -> out.println("damaged: " + range + ": " + range.reason())));
    }

    /** Prints a line for each partition; its number of offsets replaces that of events if there are no statistics. */
    private void printPartitions(PrintStream out) {
        TopicFacts own = topics.stream()
                .filter(topic -> topic.name().equals(log.name()))
                .findFirst()
                .orElseThrow();
        long largest = partitions.stream().mapToLong(LogReport::weight).max().orElse(0);
        Table table = new Table("PARTITION", "FROM", "TO", "EVENTS", "USERS", "SIZE", "INDEXED", "SHARE");
        for (PartitionStatistics each : partitions) {
            Long size = own.bytes().get(each.offsets().partition());
            table.row(
                    each.offsets().partition(),
                    each.offsets().from(),
                    each.offsets().to(),
                    isCounted() ? Amounts.count(each.events()) : "-",
                    isCounted() ? Amounts.count(each.users()) : "-",
                    size == null ? "?" : Amounts.bytes(size),
                    each.indexed() + "/" + each.blocks(),
                    Amounts.bar(weight(each), largest));
        }
        table.print(out);
    }

    private boolean isCounted() {
        return partitions.stream().anyMatch(each -> each.events() > 0);
    }

    private static long weight(PartitionStatistics partition) {
        return partition.events() > 0 ? partition.events() : partition.offsets().length();
    }

    private Map<String, Long> schemas() {
        Map<String, Long> all = new TreeMap<>();
        partitions.forEach(each -> each.schemas().forEach((schema, count) -> all.merge(schema, count, Long::sum)));
        return all;
    }

    private ObjectNode json() {
        ObjectNode json = Json.object()
                .put("log", log.name())
                .put("topicId", log.generation().topicId().toString())
                .put("partitionCount", log.generation().partitions());
        ArrayNode list = json.putArray("topics");
        for (TopicFacts topic : topics) {
            ObjectNode each = list.addObject()
                    .put("name", topic.name())
                    .put("partitions", topic.partitions())
                    .put("replication", topic.replication());
            if (topic.retentionMillis() != null) {
                each.put("retentionMs", topic.retentionMillis());
            }
            if (topic.size() >= 0) {
                each.put("bytes", topic.size());
            }
        }
        ArrayNode parts = json.putArray("partitions");
        for (PartitionStatistics each : partitions) {
            ObjectNode part = parts.addObject()
                    .put("partition", each.offsets().partition())
                    .put("from", each.offsets().from())
                    .put("to", each.offsets().to())
                    .put("blocks", each.blocks())
                    .put("indexedBlocks", each.indexed());
            if (isCounted()) {
                part.put("events", each.events()).put("users", each.users()).put("bytes", each.bytes());
            }
            ArrayNode lines = part.putArray("undecodable");
            each.undecodable().forEach(lines::add);
            ArrayNode damaged = part.putArray("unreadable");
            each.unreadable().forEach(range -> damaged.addObject()
                    .put("from", range.from())
                    .put("to", range.to())
                    .put("reason", range.reason()));
        }
        ObjectNode schemas = json.putObject("schemas");
        schemas().forEach(schemas::put);
        return json;
    }
}
