package dev.heddle.topic;

import java.util.Map;

/** A topic as the brokers have it: partitions, the fewest copies that one of them has, effective configuration. */
record FoundTopic(int partitions, int replication, Map<String, String> config) {}
