package dev.heddle.bench;

import java.util.List;

/** What publishers, edges and bare consumers are tuned for. */
enum Profile {
    /** Every event at once. */
    LATENCY(0, 500, 1),

    /** A few ms are waited for more events, so that fewer requests and batches carry them. */
    THROUGHPUT(5, 5, 65_536);

    private final int lingerMillis;
    private final int fetchWaitMillis;
    private final int fetchMinBytes;

    Profile(int lingerMillis, int fetchWaitMillis, int fetchMinBytes) {
        this.lingerMillis = lingerMillis;
        this.fetchWaitMillis = fetchWaitMillis;
        this.fetchMinBytes = fetchMinBytes;
    }

    int lingerMillis() {
        return lingerMillis;
    }

    /** How long a broker waits for {@link #fetchMinBytes()}. */
    int fetchWaitMillis() {
        return fetchWaitMillis;
    }

    int fetchMinBytes() {
        return fetchMinBytes;
    }

    /** What an edge is set to for it. */
    List<String> edgeSettings() {
        return this == LATENCY
                ? List.of()
                : List.of(
                        "kafka.properties.fetch.max.wait.ms=" + fetchWaitMillis,
                        "kafka.properties.fetch.min.bytes=" + fetchMinBytes);
    }
}
