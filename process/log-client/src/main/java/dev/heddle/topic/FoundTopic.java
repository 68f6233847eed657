package dev.heddle.topic;

import java.util.Map;

/**
 * A topic as the brokers have it: the number of partitions, the smallest number of copies of one of them, and the
 * effective configuration.
 */
record FoundTopic(int partitions, int replication, Map<String, String> config) {}
