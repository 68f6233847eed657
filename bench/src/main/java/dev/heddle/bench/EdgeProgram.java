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

    private static final String CACHE = "heddle.bench.cache";
    private static final String AOT = ".aot";

    /** The {@code heddle} program that users run, with the launcher's cache of an edge if there is one. */
    static EdgeProgram heddle() {
        String cache = System.getProperty(CACHE);
        if (cache == null || !Files.exists(Path.of(cache))) {
            return new EdgeProgram(HEDDLE, List.of());
        }
        String use = cache.endsWith(AOT) ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=";
        return new EdgeProgram(HEDDLE, List.of(use + cache, "-Dheddle.cache=" + cache));
    }
}
