package dev.heddle.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of a test's child JVM: the {@code java} of this JVM, with the options that the build gives to all
 * JVMs of a test ({@value #SWITCH}). By default the options make a JVM quick to start and sparing, as most live for
 * seconds; the profile {@code full}, which measures, leaves the JVM as users have it.
 */
public final class TestJvm {
    /** The system property: options, separated by blanks. */
    public static final String SWITCH = "heddle.test.jvm";

    private TestJvm() {}

    /**
     * The beginning of a command line: {@code java}, the options of all JVMs of a test, and these options. The caller
     * adds {@code -cp} and the class.
     */
    public static List<String> command(String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options());
        command.addAll(List.of(options));
        return command;
    }

    /** A program of the test's class path, not started yet, with these options of its JVM behind those of all. */
    public static ProcessBuilder program(String mainClass, List<String> options, List<String> arguments) {
        List<String> command = command(options.toArray(String[]::new));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }

    /** The options of all JVMs of a test. */
    public static List<String> options() {
        String options = System.getProperty(SWITCH, "").strip();
        return options.isEmpty() ? List.of() : List.of(options.split(" +"));
    }
}
