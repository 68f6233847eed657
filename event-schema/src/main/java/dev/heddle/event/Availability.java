package dev.heddle.event;

/** The readiness of an agent at an executor: it takes runs now, later (they wait), or not at all. */
public enum Availability {
    AVAILABLE("available"),
    BUSY("busy"),
    UNAVAILABLE("unavailable");

    private final String wire;

    Availability(String wire) {
        this.wire = wire;
    }

    /** The word on the wire and in the log. */
    public String wire() {
        return wire;
    }

    /** The status of this word; a word that this version does not know is {@link #UNAVAILABLE}. */
    static Availability ofWire(String wire) {
        return switch (wire) {
            case "available" -> AVAILABLE;
            case "busy" -> BUSY;
            default -> UNAVAILABLE;
        };
    }
}
