package dev.heddle.bench;

import java.util.List;

/** The tuning of publishers, edges and bare consumers. */
enum Profile {
    /** Sends every event at once. */
    LATENCY(0, 500, 1),

    /** Waits up to 5 ms for more events, so that fewer requests and batches carry them. */
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

    /** A broker's longest wait for {@link #fetchMinBytes()}, in ms. */
    int fetchWaitMillis() {
        return fetchWaitMillis;
    }

    int fetchMinBytes() {
        return fetchMinBytes;
    }

    /** The edge settings of this profile. */
    List<String> edgeSettings() {
        return this == LATENCY
                ? List.of()
                : List.of(
                        "kafka.properties.fetch.max.wait.ms=" + fetchWaitMillis,
                        "kafka.properties.fetch.min.bytes=" + fetchMinBytes);
    }
}
