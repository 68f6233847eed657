package dev.heddle.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts that are shipped for a fleet. They run with files as in an image, and with a stand-in for Helm. */
final class ShippedScriptsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path temporary = Path.of("");

    /** The exit code and the standard output of a process. */
    private record Told(int code, String text) {}

    @Test
    void anImageTakesAgentsOfOnesOwnAndAModelsKey() throws Exception {
        Path home = Files.createDirectory(temporary.resolve("image"));
        Files.copy(ROOT.resolve("docker/files/run"), home.resolve("run"), StandardCopyOption.COPY_ATTRIBUTES);
        Path source = Files.createDirectories(temporary.resolve("own")).resolve("Own.java");
        Files.writeString(
                source,
                "public class Own { public static void main(String[] a) {"
                        + " System.out.print(System.getenv(\"MODEL_KEY\") + a[0]); } }");
        assertEquals(0, tool("javac", "-d", temporary.resolve("own").toString(), source.toString()));
        Path agents = Files.createDirectory(home.resolve("agents"));
        assertEquals(
                0,
                tool(
                        "jar",
                        "--create",
                        "--file",
                        agents.resolve("own.jar").toString(),
                        "-C",
                        temporary.resolve("own").toString(),
                        "Own.class"));
        Files.writeString(home.resolve("command.options"), "-cp\n" + home.resolve("lib.jar") + "\nOwn\n");
        Files.writeString(home.resolve("jvm.options"), "-Xshare:auto\n");
        assertEquals(
                new Told(0, "secret and more"),
                run(Map.of("MODEL_KEY", "secret"), home.resolve("run").toString(), " and more"));
        Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
        Files.move(agents.resolve("own.jar"), elsewhere.resolve("own.jar"));
        assertEquals(1, run(Map.of(), home.resolve("run").toString()).code());
        assertEquals(
                new Told(0, "secret too"),
                run(
                        Map.of("MODEL_KEY", "secret", "HEDDLE_CLASSPATH", elsewhere + "/*"),
                        home.resolve("run").toString(),
                        " too"));
    }

    @Test
    void rolesAreUpgradedInTurnAndGoBackTheOtherWayRound() throws Exception {
        Path calls = temporary.resolve("calls");
        Path helm = temporary.resolve("helm");
        Files.writeString(helm, """
                #!/bin/sh
                if [ "$1" = history ]; then
                  echo "[{\\"revision\\":$(($(grep -c upgrade "$CALLS" 2>/dev/null) + 7))}]"
                  exit 0
                fi
                echo "$*" | sed "s/ [^ ]*\\/helm\\/heddle / /; s/--reset-then-reuse-values \\|--wait.*//g; s/ *$//" >>"$CALLS"
                case "$*" in upgrade*"$FAILS".tag=*) exit 1 ;; esac
                """);
        assertEquals(true, helm.toFile().setExecutable(true));
        String upgrade = ROOT.resolve("deploy/upgrade").toString();

        assertEquals(
                0, run(environment(calls, "nothing"), upgrade, "shop", "12").code());
        assertEquals(
                List.of(
                        "upgrade shop --set-string edge.tag=12,topics.tag=12",
                        "upgrade shop --set-string ingest.tag=12,topics.tag=12",
                        "upgrade shop --set-string executor.tag=12,topics.tag=12"),
                Files.readAllLines(calls));

        Files.delete(calls);
        assertEquals(1, run(environment(calls, "ingest"), upgrade, "shop", "12").code());
        assertEquals(
                List.of(
                        "upgrade shop --set-string edge.tag=12,topics.tag=12",
                        "upgrade shop --set-string ingest.tag=12,topics.tag=12",
                        "rollback shop 8",
                        "rollback shop 7"),
                Files.readAllLines(calls));

        Files.delete(calls);
        assertEquals(
                0,
                run(environment(calls, "nothing"), upgrade, "--back", "shop", "11")
                        .code());
        assertEquals(
                List.of(
                        "upgrade shop --set-string executor.tag=11,topics.tag=11",
                        "upgrade shop --set-string ingest.tag=11,topics.tag=11",
                        "upgrade shop --set-string edge.tag=11,topics.tag=11"),
                Files.readAllLines(calls));
        assertEquals(2, run(environment(calls, "nothing"), upgrade, "shop").code());
    }

    private Map<String, String> environment(Path calls, String fails) {
        return Map.of(
                "CALLS",
                calls.toString(),
                "FAILS",
                fails,
                "PATH",
                temporary + File.pathSeparator + System.getenv("PATH"));
    }

    private static int tool(String name, String... arguments) {
        return ToolProvider.findFirst(name).orElseThrow().run(System.out, System.err, arguments);
    }

    private static Told run(Map<String, String> environment, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        try {
            return new Told(
                    process.waitFor(), new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }
}
