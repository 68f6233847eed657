package dev.heddle.edge.protocol;

/** A protocol in which clients get a user's events: a tag of the edge's metrics. */
public enum Protocol {
    /** Heddle's own WebSocket subprotocol. */
    HEDDLE_V1("heddle.v1"),
    /** AG-UI over HTTP. */
    AGUI("agui");

    private final String label;

    Protocol(String label) {
        this.label = label;
    }

    /** The value of the metrics' {@code protocol} tag. */
    public String label() {
        return label;
    }
}
