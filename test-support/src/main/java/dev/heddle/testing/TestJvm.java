package dev.heddle.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a test starts another JVM: the one that it runs on itself, with the options that the build gives to all of a test
 * ({@value #SWITCH}). Every day they make a JVM quick to start and easy on others, as most live for seconds; what is
 * measured, in the profile {@code full}, has a JVM as users have it.
 */
public final class TestJvm {
    /** The system property: options, separated by blanks. */
    public static final String SWITCH = "heddle.test.jvm";

    private TestJvm() {}

    /** The beginning of a command line, up to where these options, {@code -cp} or a class follow; to be added to. */
    public static List<String> command(String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options());
        command.addAll(List.of(options));
        return command;
    }

    /** The options that all JVMs of a test have. */
    public static List<String> options() {
        String options = System.getProperty(SWITCH, "").strip();
        return options.isEmpty() ? List.of() : List.of(options.split(" +"));
    }
}
