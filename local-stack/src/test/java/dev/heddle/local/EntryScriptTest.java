package dev.heddle.local;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.MissingTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code heddle} at the root, with JDKs that only tell what they were asked. */
class EntryScriptTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int NEWER_THAN_ANY = 99;

    private Path root = Path.of("");
    private Path script = Path.of("");
    private Path target = Path.of("");

    @BeforeEach
    void builtTree(@TempDir Path directory) throws IOException {
        root = directory;
        script = Files.copy(Path.of("../heddle"), root.resolve("heddle"));
        Files.writeString(root.resolve("pom.xml"), "");
        for (String module :
                List.of("event-schema", "process", "producer-agents", "ws-edge", "replay-tool", "clients")) {
            Files.createDirectory(root.resolve(module));
        }
        target = Files.createDirectories(root.resolve("local-stack/target"));
        Files.writeString(target.resolve("heddle.built"), "");
        Instant before = Instant.now().minusSeconds(60);
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.toList()) {
                Files.setLastModifiedTime(each, FileTime.from(before));
            }
        }
    }

    @Test
    void theNewestJdkOnThePathRuns() throws Exception {
        Path old = jdk(17);
        Path newest = jdk(NEWER_THAN_ANY);
        Path other = jdk(21);
        String told = run(Map.of("PATH", path(old, newest, other), "JAVA_HOME", ""), "--version");
        assertTrue(told.startsWith(newest + "\n"), told);
    }

    @Test
    void theUsualDirectoriesAreSearchedToo() throws Exception {
        Path hidden = jdk(NEWER_THAN_ANY);
        Path home = Files.createDirectories(root.resolve("home/.sdkman/candidates/java"));
        Path found = Files.move(hidden, home.resolve("99.0.1-tem"));
        String told = run(
                Map.of(
                        "PATH",
                        path(jdk(17)),
                        "JAVA_HOME",
                        "",
                        "HOME",
                        root.resolve("home").toString()),
                "--version");
        assertTrue(told.startsWith(found + "\n"), told);
    }

    @Test
    void aJavaHomeThatIsSetWins() throws Exception {
        String told = run(Map.of("PATH", path(jdk(NEWER_THAN_ANY)), "JAVA_HOME", jdk(17).toString()), "--version");
        assertTrue(told.startsWith(jdk(17) + "\n"), told);
        assertFalse(told.contains("starts faster"), told);
    }

    @Test
    void aPersonHearsOfAJdkThatStartsFaster() throws Exception {
        if (!Files.exists(Path.of("/usr/bin/python3"))) {
            MissingTool.end("no Python, which makes a terminal here");
        }
        ProcessBuilder terminal = process(Map.of("PATH", path(jdk(NEWER_THAN_ANY)), "JAVA_HOME", jdk(17).toString()));
        terminal.command(
                "python3", "-c", "import pty,sys; pty.spawn(sys.argv[1:])", "sh", script.toString(), "--version");
        String told = output(terminal).replace("\r", "");
        assertTrue(
                told.contains(
                        "heddle: JAVA_HOME is Java 17; the JDK 99 in " + jdk(NEWER_THAN_ANY) + " starts faster\n"),
                told);
    }

    @Test
    void anOldJavaIsRefused() throws Exception {
        Process process = process(Map.of("JAVA_HOME", jdk(11).toString()))
                .command("sh", script.toString(), "dev")
                .start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor());
        assertEquals("heddle: " + jdk(11) + "/bin/java is Java 11; 17 or later is needed\n", told);
    }

    @Test
    void whatOthersAddStandsBehindTheClassPath() throws Exception {
        String alone = run(on(17), "dev");
        assertTrue(alone.contains("local-stack/target/lib/*\n"), alone);
        String more = run(with(on(17), "HEDDLE_CLASSPATH", "agents.jar:more/*"), "dev");
        assertTrue(more.contains("local-stack/target/lib/*:agents.jar:more/*\n"), more);
    }

    @Test
    void aCacheOfThisBuildIsUsedAndAnOlderOneIsNot() throws Exception {
        Path archive = cache(17, "dev", "jsa");
        Path aot = cache(25, "edge", "aot");
        assertTrue(run(on(17), "dev").contains("-XX:SharedArchiveFile=" + archive + "\n"));
        assertTrue(run(on(17), "kafka").contains("-XX:SharedArchiveFile=" + archive + "\n"));
        assertTrue(run(on(25), "edge").contains("-XX:AOTCache=" + aot + "\n"));
        assertFalse(run(on(25), "dev").contains("Cache="), "the cache of another kind was used");
        assertFalse(run(on(21), "dev").contains("SharedArchiveFile"), "another JVM's cache was used");

        Files.setLastModifiedTime(archive, FileTime.from(Instant.now().minusSeconds(3_600)));
        assertFalse(run(on(17), "dev").contains("SharedArchiveFile"), "the cache of an older build was used");
        Files.setLastModifiedTime(script, FileTime.from(Instant.now().plusSeconds(60)));
        assertFalse(run(on(25), "edge").contains("AOTCache"), "the cache of an older script was used");
    }

    @Test
    void atTheirTrainingCommandsWriteACacheAndUseNone() throws Exception {
        Path archive = cache(17, "dev", "jsa");
        String told = run(with(on(17), "HEDDLE_TRAIN", "new one"), "dev");
        assertTrue(told.contains("-XX:ArchiveClassesAtExit=new one\n"), told);
        assertFalse(told.contains(archive.toString()), told);
        assertTrue(run(with(on(25), "HEDDLE_TRAIN", "new"), "edge").contains("-XX:AOTCacheOutput=new\n"));
    }

    @Test
    void aMissingCacheIsMadeOnceAfterTheCommandHasEnded() throws Exception {
        Map<String, String> environment = with(on(25), "HEDDLE_WARM", "");
        run(environment, "edge");
        Path tried = cacheName(25, "edge", "aot.tried");
        await().atMost(LIMIT).until(() -> calls().contains("warm edge"));
        assertTrue(Files.exists(tried));
        run(environment, "edge");
        run(on(25), "executor");
        run(environment, "ingest");
        await().atMost(LIMIT).until(() -> calls().contains("warm ingest"));
        assertEquals(List.of("edge", "warm edge", "edge", "executor", "ingest", "warm ingest"), calls());
    }

    private Map<String, String> on(int version) throws IOException {
        return Map.of("JAVA_HOME", jdk(version).toString());
    }

    private static Map<String, String> with(Map<String, String> environment, String name, String value) {
        return Map.of("JAVA_HOME", environment.getOrDefault("JAVA_HOME", ""), name, value);
    }

    /** The place of a JDK, which tells its directory and its arguments and remembers Heddle's. */
    private Path jdk(int version) throws IOException {
        Path jdk = root.resolve("jdks").resolve("jdk-" + version);
        if (!Files.exists(jdk)) {
            Path java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
            Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"nobody\"\nJAVA_VERSION=\"" + version + ".0.1\"\n");
            Files.writeString(
                    java,
                    "#!/bin/sh\ncd \"$(dirname \"$0\")/..\"\npwd -P\nprintf '%s\\n' \"$@\"\n"
                            + "echo \"$*\" | sed 's/.*Heddle //' >>" + root.resolve("calls") + "\n");
            assertTrue(java.toFile().setExecutable(true));
            Files.createSymbolicLink(jdk.resolve("bin/javac"), java);
        }
        return jdk.toRealPath();
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(root.resolve("calls"));
    }

    private static String path(Path... jdks) {
        List<String> path = new ArrayList<>();
        for (Path jdk : jdks) {
            path.add(jdk.resolve("bin").toString());
        }
        path.add(System.getenv("PATH"));
        return String.join(":", path);
    }

    private Path cache(int version, String kind, String suffix) throws Exception {
        Path cache = Files.writeString(cacheName(version, kind, suffix), "");
        Files.setLastModifiedTime(cache, FileTime.from(Instant.now().minusSeconds(1)));
        Files.writeString(cache.resolveSibling(cache.getFileName() + ".whole"), "");
        return cache;
    }

    private Path cacheName(int version, String kind, String suffix) throws Exception {
        Path release = jdk(version).resolve("release");
        String sum = output(new ProcessBuilder("cksum").redirectInput(release.toFile()));
        return target.toRealPath().resolve("heddle-" + sum.substring(0, sum.indexOf(' ')) + "-" + kind + "." + suffix);
    }

    private String run(Map<String, String> environment, String command) throws Exception {
        return output(process(environment).command("sh", script.toString(), command));
    }

    private ProcessBuilder process(Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder().redirectErrorStream(true);
        builder.environment().put("HEDDLE_WARM", "off");
        builder.environment().putAll(environment);
        return builder;
    }

    private static String output(ProcessBuilder builder) throws Exception {
        Process process = builder.start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), told);
        return told;
    }
}
