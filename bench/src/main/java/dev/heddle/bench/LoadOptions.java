package dev.heddle.bench;

import dev.heddle.bench.load.LoadUsers;
import java.util.Map;
import picocli.CommandLine.Option;

/** The command line options of a steady load. */
final class LoadOptions {
    private static final String USERS = "user";

    @Option(
            names = "--users",
            defaultValue = "1000",
            paramLabel = "N",
            description = "users (default: ${DEFAULT-VALUE})")
    private int users;

    @Option(
            names = "--connections",
            defaultValue = "1",
            paramLabel = "N",
            description = "connections of each user (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(
            names = "--rate",
            defaultValue = "5000",
            paramLabel = "N",
            description = "events a second, to the users in turn (default: ${DEFAULT-VALUE})")
    private int rate;

    @Option(
            names = "--size",
            defaultValue = "300",
            paramLabel = "BYTES",
            description = "of an event in the log (default: ${DEFAULT-VALUE})")
    private int size;

    @Option(
            names = "--warm-seconds",
            defaultValue = "15",
            paramLabel = "N",
            description = "load before anything is measured (default: ${DEFAULT-VALUE})")
    private int warmSeconds;

    @Option(
            names = "--seconds",
            defaultValue = "20",
            paramLabel = "N",
            description = "load that is measured (default: ${DEFAULT-VALUE})")
    private int seconds;

    LoadUsers population() {
        return LoadUsers.of(USERS, users);
    }

    int users() {
        return users;
    }

    int connections() {
        return connections;
    }

    int rate() {
        return rate;
    }

    int size() {
        return size;
    }

    int warmSeconds() {
        return warmSeconds;
    }

    int seconds() {
        return seconds;
    }

    /** True if this is the load that the aims are for: 1,000 users, one connection each, events of 300 bytes. */
    boolean isTheRows() {
        return users == 1000 && connections == 1 && size == 300;
    }

    /** Adds the chosen options to a report's parameters. */
    void describe(Map<String, String> parameters) {
        parameters.put("users", Integer.toString(users));
        parameters.put("connections each", Integer.toString(connections));
        parameters.put("events/s", Integer.toString(rate));
        parameters.put("event in the log", size + " bytes");
        parameters.put("measured", seconds + " s after " + warmSeconds + " s of the same load");
    }
}
