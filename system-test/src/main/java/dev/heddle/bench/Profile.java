package dev.heddle.bench;

import java.util.List;

/** What publishers, edges and bare consumers are tuned for. */
enum Profile {
    /** Every event at once. */
    LATENCY(0, new Fetch(500, 1), List.of()),

    /** A few ms are waited for more events, so that fewer requests and batches carry them. */
    THROUGHPUT(
            5,
            new Fetch(5, 64 * 1024),
            List.of("kafka.properties.fetch.max.wait.ms=5", "kafka.properties.fetch.min.bytes=65536"));

    private final int lingerMillis;
    private final Fetch fetch;
    private final List<String> edgeSettings;

    /** How a bare consumer fetches. */
    record Fetch(int maxWaitMillis, int minBytes) {}

    Profile(int lingerMillis, Fetch fetch, List<String> edgeSettings) {
        this.lingerMillis = lingerMillis;
        this.fetch = fetch;
        this.edgeSettings = edgeSettings;
    }

    int lingerMillis() {
        return lingerMillis;
    }

    Fetch fetch() {
        return fetch;
    }

    List<String> edgeSettings() {
        return edgeSettings;
    }
}
