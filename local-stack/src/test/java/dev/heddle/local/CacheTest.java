package dev.heddle.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Background;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The caches of classes, with the real script and the JVM of this test: one that fits is used, every other one does no
 * harm.
 */
class CacheTest {
    private static final String USED = "cache: in use, ";
    private static final String DROPPED = "cache: dropped, it does not fit or is damaged: ";
    private static final int FLIPPED = 200;
    /** The first version of Java that has these caches; an older one has archives of classes, and tells less. */
    private static final int AOT = 25;

    private static final int HEADER = 10_000;

    /** A checkout that has been built, with a cache beside it that its JVM has written. */
    private static Path root = Path.of("");

    private static Path whole = Path.of("");
    private static Path cache = Path.of("");

    @BeforeAll
    static void builtTree(@TempDir Path directory) throws Exception {
        root = directory;
        Files.copy(Path.of("../heddle"), root.resolve("heddle"));
        Files.writeString(root.resolve("pom.xml"), "");
        for (String module :
                List.of("event-schema", "process", "producer-agents", "ws-edge", "replay-tool", "clients")) {
            Files.createDirectory(root.resolve(module));
        }
        Path target = Files.createDirectories(root.resolve("local-stack/target"));
        Path lib = Files.createDirectory(target.resolve("lib"));
        List<Path> classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .toList();
        pack(Path.of("target/classes"), target.resolve("heddle.jar"));
        for (int i = 0; i < classPath.size(); i++) {
            Path each = classPath.get(i);
            if (Files.isDirectory(each)) {
                pack(each, lib.resolve("classes-" + i + ".jar"));
            } else if (Files.exists(each)) {
                Files.copy(each, lib.resolve(each.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.writeString(target.resolve("heddle.built"), "");
        try (Stream<Path> all = Files.walk(root)) {
            FileTime before = FileTime.from(Instant.now().minusSeconds(60));
            for (Path each : all.toList()) {
                Files.setLastModifiedTime(each, before);
            }
        }
        boolean aot = Runtime.version().feature() >= AOT;
        Process sum = new ProcessBuilder("cksum")
                .redirectInput(
                        Path.of(System.getProperty("java.home"), "release").toFile())
                .start();
        String line = new String(sum.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String number = line.substring(0, line.indexOf(' '));
        cache = target.toRealPath().resolve("heddle-" + number + "-tools." + (aot ? "aot" : "jsa"));
        whole = root.resolve("whole");
        run(Map.of("HEDDLE_TRAIN", whole.toString()), "--version");
        assertTrue(Files.size(whole) > HEADER, "no cache was written");
    }

    /** Puts a directory of classes into a jar: a JVM caches no others. */
    private static void pack(Path directory, Path jar) throws IOException {
        try (Stream<Path> files = Files.walk(directory);
                OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(directory.relativize(each).toString()));
                Files.copy(each, out);
                out.closeEntry();
            }
        }
    }

    @BeforeEach
    void noCache() throws IOException {
        Files.deleteIfExists(cache);
    }

    @Test
    void aCommandSaysWhichJvmAndWhichCacheItRunsWith() throws Exception {
        String cold = run(Map.of(), "--version");
        assertTrue(cold.contains("JVM: " + System.getProperty("java.vm.name") + " " + Runtime.version()), cold);
        assertTrue(cold.contains("cache: none"), cold);
        copyWhole();
        String warm = run(Map.of(), "--version");
        assertTrue(warm.contains(USED + cache), warm);
        String more = run(Map.of("HEDDLE_CLASSPATH", root.resolve("agents.jar").toString()), "--version");
        assertTrue(more.contains(USED + cache), more);
    }

    @Test
    void aDamagedCacheIsDropped() throws Exception {
        byte[] good = Files.readAllBytes(whole);
        List<byte[]> damaged = new ArrayList<>(List.of(
                new byte[0],
                "no cache".getBytes(StandardCharsets.US_ASCII),
                Arrays.copyOf(good, HEADER),
                Arrays.copyOf(good, good.length / 2)));
        for (long seed = 0; seed < 3; seed++) {
            Random random = new Random(seed);
            byte[] flipped = good.clone();
            for (int i = 0; i < FLIPPED; i++) {
                flipped[HEADER + random.nextInt(good.length - HEADER)] = (byte) random.nextInt();
            }
            damaged.add(flipped);
        }
        for (byte[] each : damaged) {
            Files.write(cache, each);
            String told = run(Map.of(), "--version");
            assertTrue(told.contains(DROPPED + cache), told);
            assertEquals(3, told.lines().count(), told);
        }
    }

    @Test
    void aCacheOfOtherOptionsOrOfAnotherClassPathIsDropped() throws Exception {
        copyWhole();
        String other = run(Map.of("JAVA_TOOL_OPTIONS", "-XX:-UseCompressedOops"), "--version");
        assertTrue(other.contains(DROPPED + cache) || Runtime.version().feature() < AOT, other);
        Path jar = root.resolve("local-stack/target/heddle.jar");
        byte[] before = Files.readAllBytes(jar);
        FileTime then = Files.getLastModifiedTime(jar);
        Files.setLastModifiedTime(jar, FileTime.from(then.toInstant().minusSeconds(100)));
        try {
            String moved = run(Map.of(), "--version");
            assertTrue(moved.contains(DROPPED + cache) || Runtime.version().feature() < AOT, moved);
        } finally {
            Files.write(jar, before);
            Files.setLastModifiedTime(jar, then);
        }
    }

    @Test
    void aServerLogsOneLineOfADroppedCache(@TempDir Path data) throws Exception {
        Path kafka = cache.resolveSibling(cache.getFileName().toString().replace("tools", "dev"));
        Files.writeString(kafka, "no cache");
        Process process = process(Map.of(), "kafka", "--port", "0", "--data", data.toString())
                .redirectErrorStream(false)
                .redirectError(root.resolve("log").toFile())
                .start();
        try {
            assertEquals('r', process.getInputStream().read());
            process.toHandle().destroy();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(root.resolve("log"));
        assertEquals(
                1,
                lines.stream()
                        .filter(line -> line.contains("The JVM dropped a cache"))
                        .count(),
                lines::toString);
        assertFalse(lines.stream().anyMatch(line -> line.startsWith("[")), lines::toString);
    }

    @Test
    @EnabledIfSystemProperty(named = "heddle.full", matches = "true")
    void twoProcessesThatWarmAtOnceMakeOneCache() throws Exception {
        CompletableFuture<String> other = Background.supply(() -> warmed());
        String told = warmed() + other.join();
        assertEquals(
                1, told.lines().filter("heddle warm: training tools"::equals).count(), told);
        assertTrue(run(Map.of(), "--version").contains(USED + cache));
        assertFalse(Files.exists(cache.resolveSibling(cache.getFileName() + ".unfinished")));
    }

    private static void copyWhole() throws IOException {
        Files.copy(whole, cache);
        Files.setLastModifiedTime(cache, FileTime.from(Instant.now().minusSeconds(1)));
        Files.writeString(cache.resolveSibling(cache.getFileName() + ".whole"), "");
    }

    private static String warmed() {
        try {
            return run(Map.of(), "warm", "tools");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static ProcessBuilder process(Map<String, String> environment, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("sh", root.resolve("heddle").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("HEDDLE_WARM", "off");
        builder.environment().putAll(environment);
        return builder;
    }

    private static String run(Map<String, String> environment, String... arguments) throws Exception {
        Process process = process(environment, arguments).start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), told);
        return told;
    }
}
