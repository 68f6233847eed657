package dev.heddle.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    enum Mode {
        FAST,
        SAFE
    }

    record Limits(ByteSize windowBytes, int maxSessions, Duration idleTime) {
        Limits {
            if (maxSessions < 1) {
                throw new IllegalArgumentException("maxSessions must be at least 1, not " + maxSessions);
            }
        }
    }

    record Role(
            int port,
            Limits limits,
            KafkaClientSettings kafka,
            List<String> origins,
            Mode mode,
            @Nullable String keyFile,
            int bufferBytes) {}

    private static final Role DEFAULTS = new Role(
            8080,
            new Limits(ByteSize.mebibytes(64), 1000, Duration.ofSeconds(25)),
            KafkaClientSettings.at("localhost:9092"),
            List.of("http://a"),
            Mode.FAST,
            null,
            64 << 10);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path dir;

    @Test
    void withoutSourcesTheDefaultsHold() {
        assertEquals(DEFAULTS, load(Map.of()));
    }

    @Test
    void aCopyHasTheChangesAndEverythingElseAsItWas() {
        Role before = load(Map.of(), "limits.maxSessions=3", "kafka.properties.security.protocol=SSL");
        Role after = Settings.with(before, "port=7", "limits.idleTime=2s");
        assertEquals(7, after.port());
        assertEquals(new Limits(before.limits().windowBytes(), 3, Duration.ofSeconds(2)), after.limits());
        assertEquals(before.kafka(), after.kafka());
        assertThrows(InvalidSettingException.class, () -> Settings.with(before, "limits.none=1"));
    }

    @Test
    void fileThenEnvironmentThenSet() throws IOException {
        Path file =
                file("port: 1\nlimits:\n  maxSessions: 1\n  idleTime: 1s\nkafka:\n  properties:\n    linger.ms: 1\n");
        Map<String, String> environment = Map.of(
                "HEDDLE_EDGE_LIMITS_MAX_SESSIONS",
                "2",
                "HEDDLE_EDGE_LIMITS_IDLE_TIME",
                "2s",
                "HEDDLE_EXECUTOR_PORT",
                "9");
        Role role = Settings.load(
                Role.class, DEFAULTS, new SettingsSources("edge", file, environment, List.of("limits.idleTime=3s")));
        assertEquals(1, role.port());
        assertEquals(2, role.limits().maxSessions());
        assertEquals(Duration.ofSeconds(3), role.limits().idleTime());
        assertEquals(ByteSize.mebibytes(64), role.limits().windowBytes());
        assertEquals(Map.of("linger.ms", "1"), role.kafka().properties());
    }

    @Test
    void everyKindOfValueCanBeSet() {
        Role role = load(
                Map.of("HEDDLE_EDGE_KAFKA_PROPERTIES_MAX_POLL_RECORDS", "7"),
                "kafka.bootstrapServers=a:1,b:2",
                "kafka.properties.security.protocol=SSL",
                "origins=http://b, http://c",
                "mode=safe",
                "keyFile=key.json",
                "limits.windowBytes=2GiB");
        assertEquals("a:1,b:2", role.kafka().bootstrapServers());
        assertEquals(
                Map.of("max.poll.records", "7", "security.protocol", "SSL"),
                role.kafka().properties());
        assertEquals(List.of("http://b", "http://c"), role.origins());
        assertEquals(Mode.SAFE, role.mode());
        assertEquals("key.json", role.keyFile());
        assertEquals(new ByteSize(2L << 30), role.limits().windowBytes());
    }

    @Test
    void anUnknownKeyIsNamedWithItsSource() throws IOException {
        Path file = file("limits:\n  maxSesions: 1\n");
        assertMessage(
                "no setting limits.maxSesions (file " + file + ")",
                new SettingsSources("edge", file, Map.of(), List.of()));
        assertMessage("no setting ports (--set)", SettingsSources.only("edge", "ports=1"));
        assertMessage("no setting limits (--set)", SettingsSources.only("edge", "limits=1"));
        assertMessage(
                "no setting belongs to the environment variable HEDDLE_EDGE_PRT",
                new SettingsSources("edge", null, Map.of("HEDDLE_EDGE_PRT", "1"), List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits.idleTime=10 | setting limits.idleTime: not a duration (such as 500ms, 10s, 5m, 24h, 7d): 10 (limits.idleTime from --set)",
                "bufferBytes=64MB | setting bufferBytes: not a size (such as 512B, 64KiB, 64MiB, 2GiB): 64MB (bufferBytes from --set)",
                "limits.windowBytes=64MB | setting limits.windowBytes: not a size (such as 512B, 64KiB, 64MiB, 2GiB): 64MB (limits.windowBytes from --set)",
                "port=x | setting port: must be a whole number, not x (port from --set)",
                "mode=slow | setting mode: must be one of FAST, SAFE, not slow (mode from --set)",
                "kafka.bootstrapServers=x | setting kafka: bootstrapServers must be host:port, several with commas, not 'x' (kafka.bootstrapServers from --set)",
                "limits.maxSessions=0 | setting limits: maxSessions must be at least 1, not 0 (limits.maxSessions from --set)",
            })
    void aValueThatDoesNotFitIsNamedWithItsSource(String set, String message) {
        assertMessage(message, SettingsSources.only("edge", set));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"port=x", "port=1.5", "port=99999999999", "mode=slow", "port=", "=1", "port", "bufferBytes=4GiB"
            })
    void whatCannotBeReadIsRefused(String set) {
        InvalidSettingException refusal = assertThrows(InvalidSettingException.class, () -> load(Map.of(), set));
        assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("--set"), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"port: [", "- 1", "port: 1\nport: 2", "limits: 5", "x"})
    void aFileThatIsNotKeysAndValuesIsRefused(String text) throws IOException {
        Path file = file(text);
        InvalidSettingException refusal = assertThrows(
                InvalidSettingException.class,
                () -> Settings.load(Role.class, DEFAULTS, new SettingsSources("edge", file, Map.of(), List.of())));
        assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
    }

    @Test
    void whatIsNoYamlIsToldWithItsPlace() throws IOException {
        Path file = file("port: 1\nlimits: [\n");
        assertMessage(
                "file " + file + " is not YAML: while parsing a flow node: expected the node content, but found"
                        + " '<stream end>' (line 3, column 1)",
                new SettingsSources("edge", file, Map.of(), List.of()));
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = dir.resolve("none.yaml");
        assertMessage("file " + file + " does not exist", new SettingsSources("edge", file, Map.of(), List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing\n",
                "limits:\n",
                "keyFile: null\norigins: null\nport:\n",
                "kafka:\n  properties:\n"
            })
    void anEmptyFileChangesNothing(String text) throws IOException {
        Path file = file(text);
        assertEquals(
                DEFAULTS, Settings.load(Role.class, DEFAULTS, new SettingsSources("edge", file, Map.of(), List.of())));
    }

    @Test
    void whatIsDescribedCanBeReadBack() throws IOException {
        Role role = load(Map.of(), "limits.idleTime=500ms", "kafka.properties.acks=all", "keyFile=k");
        String yaml = Settings.describe(role);
        assertTrue(yaml.contains("idleTime: 500ms"), yaml);
        assertTrue(yaml.contains("windowBytes: 64MiB"), yaml);
        Path file = file(yaml);
        assertEquals(role, Settings.load(Role.class, DEFAULTS, new SettingsSources("edge", file, Map.of(), List.of())));
    }

    @ParameterizedTest
    @CsvSource({"64KiB,65536", "1 MiB,1048576", "0B,0", "4096,4096"})
    void aNumberOfBytesIsASizeToo(String text, int bytes) throws IOException {
        assertEquals(bytes, load(Map.of(), "bufferBytes=" + text).bufferBytes());
        Path file = file("bufferBytes: " + text);
        Role role = Settings.load(Role.class, DEFAULTS, new SettingsSources("edge", file, Map.of(), List.of()));
        assertEquals(bytes, role.bufferBytes());
        assertTrue(Settings.describe(role).contains("bufferBytes: " + new ByteSize(bytes)));
    }

    @Test
    void everySettingIsListedWithItsVariableAndItsValue() {
        Role role = load(Map.of(), "kafka.properties.ssl.key.password=hush", "origins=http://a,http://c");
        List<Setting> settings = Settings.list("edge", role);
        assertEquals(
                List.of(
                        "port",
                        "limits.windowBytes",
                        "limits.maxSessions",
                        "limits.idleTime",
                        "kafka.bootstrapServers",
                        "kafka.properties",
                        "origins",
                        "mode",
                        "keyFile",
                        "bufferBytes"),
                settings.stream().map(Setting::key).toList());
        assertEquals(
                new Setting("limits.windowBytes", "HEDDLE_EDGE_LIMITS_WINDOW_BYTES", "64MiB", Limits.class),
                settings.get(1));
        assertEquals("windowBytes", settings.get(1).name());
        assertEquals("{\"ssl.key.password\":\"(hidden)\"}", settings.get(5).value());
        assertEquals("http://a,http://c", settings.get(6).value());
        assertEquals("", settings.get(8).value());
        assertEquals("64KiB", settings.get(9).value());
    }

    @Test
    void secretsOfKafkaAreNotDescribed() {
        Role role = load(Map.of(), "kafka.properties.sasl.jaas.config=hush", "kafka.properties.ssl.key.password=hush");
        assertFalse(Settings.describe(role).contains("hush"));
        assertEquals("hush", role.kafka().forClient("c").get("sasl.jaas.config"));
        assertEquals("c", role.kafka().forClient("c").get("client.id"));
        assertEquals("localhost:9092", role.kafka().forClient("c").get("bootstrap.servers"));
    }

    @ParameterizedTest
    @CsvSource({"500ms,500ms", "10s,10s", "60s,1m", "90s,90s", "24h,1d", "PT36H,36h", "0s,0s", "1500ms,1500ms", "7d,7d"
    })
    void durationsAreWrittenAsPeopleDo(String text, String canonical) {
        assertEquals(canonical, DurationText.format(DurationText.parse(text)));
    }

    @ParameterizedTest
    @CsvSource({"512B,512B", "1024B,1KiB", "64MiB,64MiB", "1536KiB,1536KiB", "0B,0B", "4 GiB,4GiB"})
    void sizesAreWrittenAsPeopleDo(String text, String canonical) {
        assertEquals(canonical, ByteSize.of(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1.5MiB", "-1B", "999999999999999999GiB", "1MB", "MiB"})
    void whatIsNoSizeIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> ByteSize.of(text));
    }

    private Role load(Map<String, String> environment, String... sets) {
        return Settings.load(Role.class, DEFAULTS, new SettingsSources("edge", null, environment, List.of(sets)));
    }

    private void assertMessage(String expected, SettingsSources sources) {
        assertEquals(
                expected,
                assertThrows(InvalidSettingException.class, () -> Settings.load(Role.class, DEFAULTS, sources))
                        .getMessage());
    }

    private Path file(String text) throws IOException {
        return Files.writeString(dir.resolve("settings.yaml"), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere", "", " , ", "host:", "host:port", "a:1,b", "a b:1", ":9092", "host:123456"})
    void whatIsNoAddressOfKafkaIsRefusedAndNamed(String servers) {
        InvalidSettingException refusal =
                assertThrows(InvalidSettingException.class, () -> KafkaClientSettings.at(servers));
        assertEquals(
                "bootstrapServers must be host:port, several with commas, not '" + servers + "'", refusal.getMessage());
        assertThrows(InvalidSettingException.class, () -> load(Map.of(), "kafka.bootstrapServers=" + servers));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:9092", "a:1,b:2", "a:1, b:2 ,", "[::1]:9092", "PLAINTEXT://broker_1:9092"})
    void whatIsAnAddressOfKafkaIsTaken(String servers) {
        assertEquals(servers, KafkaClientSettings.at(servers).bootstrapServers());
    }
}
