package dev.heddle.event.topic;

/** The names of Heddle's topics. */
public final class Topics {
    /** The log: the events, by user key. */
    public static final String AGENT_EVENTS = "agent-events";

    /** The clients' commands, by user key, with as many partitions as the log. */
    public static final String AGENT_COMMANDS = "agent-commands";

    /** The index: filters of the users in each block, with as many partitions as the log. */
    public static final String AGENT_EVENTS_INDEX = "agent-events-index";

    /** The status of each executor, by executor id; compacted. */
    public static final String AGENT_EXECUTORS = "agent-executors";

    /** The revocations: the time until which issued tokens of a user are refused, by user key; compacted. */
    public static final String AGENT_REVOCATIONS = "agent-revocations";

    private Topics() {}
}
