package dev.heddle.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.InvalidSettingException;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import dev.heddle.edge.socket.EdgeRig;
import dev.heddle.process.ExitCode;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class EdgeCommandTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static String refusal(String... arguments) {
        return refusal(ExitCode.FAILED, arguments);
    }

    private static String refusal(int expected, String... arguments) {
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of(arguments));
        if (!all.contains("--management-port")) {
            all.addAll(List.of("--management-port", "0")); // another edge on this machine may have the usual one
        }
        int code =
                new CommandLine(new EdgeCommand()).setErr(new PrintWriter(err)).execute(all.toArray(String[]::new));
        assertEquals(expected, code);
        String text = err.toString();
        assertEquals(1, text.lines().count(), text);
        return text;
    }

    @Test
    void withoutAKeyItDoesNotStart() {
        assertTrue(refusal("--bootstrap", KAFKA.bootstrapServers()).contains("no key to verify tokens with"));
        assertTrue(refusal("--key", "nowhere.json").contains("nowhere.json does not exist"));
    }

    @Test
    void anUnknownOrImpossibleSettingIsNamed(@TempDir Path directory) {
        String key = TokenSigner.ellipticIn(directory).file().toString();
        assertTrue(refusal(ExitCode.USAGE, "--key", key, "--set", "limits.maxFrames=1")
                .contains("limits.maxFrames"));
        assertTrue(refusal(ExitCode.USAGE, "--key", key, "--set", "http.port=70000")
                .contains("http.port"));
        assertTrue(refusal(ExitCode.USAGE, "--key", key, "--set", "http.allowedOrigins=https://a.example,b.example")
                .contains("'b.example'"));
        assertTrue(refusal(ExitCode.USAGE, "--key", key, "--set", "http.trustedProxies=10.0.0.0/8,proxy")
                .contains("'proxy'"));
        assertTrue(refusal(ExitCode.USAGE, "--key", key, "--set", "auth.algorithms=HS256")
                .contains("auth.algorithms"));
    }

    @Test
    void topicsThatAreNotAsConfiguredAreOneLine(@TempDir Path directory) {
        EdgeRig.prepare(KAFKA.bootstrapServers());
        String line = refusal(
                "--bootstrap",
                KAFKA.bootstrapServers(),
                "--key",
                TokenSigner.ellipticIn(directory).file().toString(),
                "--set",
                "topics.partitions=5");
        assertTrue(line.contains("the topics are not as configured"), line);
    }

    @Test
    void aTakenPortIsOneLineThatNamesItsOption(@TempDir Path directory) throws IOException {
        EdgeRig.prepare(KAFKA.bootstrapServers());
        String key = TokenSigner.ellipticIn(directory).file().toString();
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(other.getLocalPort());
            for (List<String> ports : List.of(
                    List.of("--port", port, "--management-port", "0"),
                    List.of("--port", "0", "--management-port", port))) {
                List<String> all = new ArrayList<>(List.of("--bootstrap", KAFKA.bootstrapServers(), "--key", key));
                for (String setting : List.of(
                        "topics.partitions=" + 4,
                        "http.host=127.0.0.1",
                        "management.host=127.0.0.1",
                        "start.rehearsal=0s")) {
                    all.addAll(List.of("--set", setting));
                }
                all.addAll(ports);
                String line = refusal(all.toArray(String[]::new));
                String option = "(" + ports.get(ports.indexOf(port) - 1) + "): the port is taken";
                assertTrue(line.contains("127.0.0.1:" + port) && line.contains(option), line);
            }
        }
    }

    @Test
    void settingsComeFromDefaultsEnvironmentAndSets() {
        EdgeConfig config = Settings.load(
                EdgeConfig.class,
                EdgeConfig.defaults(),
                new SettingsSources(
                        "edge",
                        null,
                        Map.of("HEDDLE_EDGE_SESSIONS_HEARTBEAT", "10s", "HEDDLE_EDGE_LIMITS_CONNECTIONS", "7"),
                        List.of("limits.connections=8")));
        assertEquals(Duration.ofSeconds(10), config.sessions().heartbeat());
        assertEquals(8, config.limits().connections());
        assertEquals(EdgeConfig.defaults().hub(), config.hub());
    }

    @Test
    void whatIsDescribedIsWhatHolds(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("edge.yaml");
        Files.writeString(file, Settings.describe(EdgeConfig.defaults()));
        assertEquals(
                EdgeConfig.defaults(),
                Settings.load(
                        EdgeConfig.class,
                        EdgeConfig.defaults(),
                        new SettingsSources("edge", file, Map.of(), List.of())));
        assertThrows(
                InvalidSettingException.class,
                () -> Settings.load(
                        EdgeConfig.class,
                        EdgeConfig.defaults(),
                        SettingsSources.only("edge", "sessions.heartbeat=10")));
    }
}
