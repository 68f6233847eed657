package dev.heddle.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The program that is started as an edge.
 *
 * @param mainClass takes the arguments of {@code heddle}
 * @param jvm options that it needs beside those of the command line
 */
record EdgeProgram(String mainClass, List<String> jvm) {
    /** The main class of the {@code heddle} command. */
    static final String HEDDLE = "dev.heddle.local.Heddle";

    private static final String ARCHIVE = "heddle.archive";

    /** The {@code heddle} program that users run, with the launcher's class data archive if there is one. */
    static EdgeProgram heddle() {
        String archive = System.getProperty(ARCHIVE);
        return new EdgeProgram(
                HEDDLE,
                archive == null || !Files.exists(Path.of(archive))
                        ? List.of()
                        : List.of("-XX:SharedArchiveFile=" + archive));
    }
}
