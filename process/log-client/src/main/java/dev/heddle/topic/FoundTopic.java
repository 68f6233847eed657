package dev.heddle.topic;

import java.util.Map;

/** What a topic is on the brokers: partitions, the fewest copies that one of them has, effective configuration. */
record FoundTopic(int partitions, int replication, Map<String, String> config) {}
