package dev.heddle.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code heddle} at the root, with a Java that only tells what it was asked. */
class EntryScriptTest {

    @Test
    void whatOthersAddStandsBehindTheClassPathAndIsInNoArchive(@TempDir Path root) throws Exception {
        Path script = Files.copy(Path.of("../heddle"), root.resolve("heddle"));
        Files.writeString(root.resolve("pom.xml"), "");
        Path java = Files.createDirectories(root.resolve("jdk/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        assertTrue(java.toFile().setExecutable(true));
        Files.writeString(
                Files.createDirectories(root.resolve("local-stack/target")).resolve("heddle.built"), "");

        String alone = run(script, Map.of());
        assertTrue(alone.contains("local-stack/target/lib/*\n"), alone);
        assertTrue(alone.contains("-XX:ArchiveClassesAtExit="), alone);
        String more = run(script, Map.of("HEDDLE_CLASSPATH", "agents.jar:more/*"));
        assertTrue(more.contains("local-stack/target/lib/*:agents.jar:more/*\n"), more);
        assertFalse(more.contains("-XX:ArchiveClassesAtExit="), more);
    }

    private static String run(Path script, Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", script.toString(), "dev").redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", script.resolveSibling("jdk").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), told);
        return told;
    }
}
