package dev.heddle.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
    @TempDir
    Path temporary = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = Heddle.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    @Test
    void everyCommandExplainsItself() {
        for (String command : Heddle.commandLine().getSubcommands().keySet()) {
            out.getBuffer().setLength(0);

            assertEquals(0, run(command, "--help"), command);
            assertTrue(out.toString().contains("Usage: heddle " + command) || command.equals("help"), out::toString);
            StringWriter alone = new StringWriter();
            CommandLine only = Heddle.commandLine(command);
            assertEquals(0, only.setOut(new PrintWriter(alone, true)).execute(command, "--help"), command);
            assertTrue(out.toString().equals(alone.toString()) || command.equals("help"), alone::toString);
        }
        assertEquals("", err.toString());
    }

    @Test
    void wrongUseIsTwoAndSaysHowOnStandardError() throws IOException {
        for (List<String> wrong : List.of(
                List.<String>of(),
                List.of("weave"),
                List.of("token"),
                List.of("kafka", "--brokers", "4"),
                List.of("dev", "--port", "http"),
                List.of("topics"),
                List.of("token", "--user", "a", "--ttl", "soon"),
                List.of("token", "--user", ""),
                List.of("replay"),
                List.of("replay", "--user", "a", "--from", "yesterday"),
                List.of("inspect", "--cursor", "x", "--nonsense"),
                List.of("agents", "--bootstrap", "nowhere"),
                List.of("executor", "--bootstrap", "nowhere"),
                List.of("ingest", "--bootstrap", "nowhere"),
                List.of("publish", "--user", "a", "--bootstrap", "nowhere"),
                List.of("replay", "--user", "a", "--bootstrap", "nowhere"),
                List.of("topics", "check", "--bootstrap", "nowhere"),
                List.of("replay", "--user", "a", "--bootstrap", "127.0.0.1:99999"),
                List.of("topics", "check", "--bootstrap", ""),
                List.of("publish", "--user", "\ud800"),
                List.of("replay", "--user", "\ud800"),
                List.of("revoke", "--user", "\udc00x"),
                List.of("token", "--user", "u".repeat(257)),
                List.of("token", "--user", "a", "--ttl", "99999999999999999999d"),
                List.of("token", "--user", "a", "--ttl", "100000000000000d"),
                List.of("token", "--user", "a", "--ttl", "-1s"),
                List.of("topics", "create", "--retention", "106751991168d"),
                List.of("topics", "create", "--event-bytes", "-1"),
                List.of("topics", "create", "--event-bytes", "99999999999GiB"),
                List.of("topics", "create", "--partitions", "99999999999"),
                List.of("replay", "--user", "a", "--from", "offset:99999999999999999999"),
                List.of("replay", "--user", "a", "--from", "offset:-1"),
                List.of("replay", "--user", "a", "--from", ""),
                List.of("replay", "--user", "a", "--from", "last:0"),
                List.of("replay", "--user", "a", "--from", "last:-1"),
                List.of("replay", "--user", "a", "--from", "last:1000000"),
                List.of("replay", "--user", "a", "--from", "last:99999999999999999999"),
                List.of("replay", "--user", "a", "--from", "1767225600000"),
                List.of("replay", "--user", "a", "--from", "2026-02-30T00:00:00Z"),
                List.of("replay", "--user", "a", "--from", "2026-01-01T00:00:00"),
                List.of("replay", "--user", "a", "--from", "+99999999999-02-30T00:00:00Z"),
                List.of("replay", "--user", "a", "--from", "\u001b[2J"),
                List.of("replay", "--user", "a", "--from", "\ud800"),
                List.of("replay", "--user", "a", "--to", "yesterday"),
                List.of("replay", "--user", "a", "--to", "last:5"),
                List.of("replay", "--user", "a", "--to", "2026-13-01T00:00:00Z"),
                List.of("export", "-o", "x", "--from", "last:5"),
                List.of("export", "-o", "x", "--to", "0000-00-00T00:00:00Z"),
                List.of("verify", "--from", "yesterday"),
                List.of("verify", "--longest-silence", "-1"),
                List.of("republish", "--to-topic", "c", "--partitions", "2", "--to-bootstrap", "nowhere"),
                List.of("agents", "--set", "kafka.properties.security.protocol=NOPE"),
                List.of("revoke", "--user", "a", "--set", "kafka.properties.security.protocol=NOPE"),
                List.of("replay", "--user", "a", "--set", "kafka.properties.security.protocol=NOPE"),
                List.of("topics", "check", "--set", "kafka.properties.security.protocol=NOPE"),
                List.of("publish", "--user", "a", "--set", "kafka.properties.security.protocol=NOPE"),
                List.of("smoke", "--events", "-1"),
                List.of("smoke", "--every-ms", "-1"),
                List.of("issuer", "--key", "k", "--partitions", "0"),
                List.of("edge", "--port", "-1"),
                List.of("edge", "--set", "sessions.drainWindow=999999999999999d"),
                List.of("ingest", "--port", "70000"),
                List.of("executor", "--management-port", "-2"),
                List.of("executor", "--set", "runs.deadline=99999999999999999d"),
                List.of("config", "edge", "--config", temporary.toString()),
                List.of("executor", "--config", notYaml()))) {
            err.getBuffer().setLength(0);
            assertEquals(2, run(wrong.toArray(String[]::new)), wrong::toString);
            assertTrue(err.toString().startsWith("heddle"), err::toString);
            assertTrue(err.toString().lines().count() <= 2, err::toString); // the second may suggest what was meant
        }
        assertEquals("", out.toString());
        assertFalse(err.toString().contains("\tat "), err::toString);
    }

    /** They are understood: what fails is the host, after them. */
    @Test
    void instantsOfAnyYearAreWhatFromAndToTake() {
        for (String instant : List.of(
                "0001-01-01T00:00:00Z",
                "-1000000000-01-01T00:00:00Z",
                "1969-12-31T23:59:59.999Z",
                "+1000000000-12-31T23:59:59Z",
                "+9999999999-01-01T00:00:00Z",
                "2016-12-31T23:59:60Z",
                "2026-01-01T02:00+02:00")) {
            for (List<String> command : List.of(
                    List.of("replay", "--user", "a", "--from", instant),
                    List.of("replay", "--user", "a", "--to", instant),
                    List.of("export", "-o", "x", "--from", instant))) {
                err.getBuffer().setLength(0);
                List<String> all = new ArrayList<>(command);
                all.addAll(List.of("--bootstrap", "no-such-host.invalid:9092"));
                assertEquals(1, run(all.toArray(String[]::new)), all::toString);
                assertTrue(err.toString().contains("No resolvable bootstrap urls"), err::toString);
                assertEquals(1, err.toString().lines().count(), err::toString);
            }
        }
    }

    private String notYaml() throws IOException {
        return Files.writeString(temporary.resolve("not.yaml"), "runs: [\n").toString();
    }

    @Test
    void aHostThatIsNotThereIsNamed() throws IOException {
        String file = Files.writeString(temporary.resolve("events"), "").toString();
        for (List<String> command : List.of(
                List.of("topics", "check"),
                List.of("replay", "--user", "a"),
                List.of("publish", "--user", "a", file))) {
            err.getBuffer().setLength(0);
            List<String> all = new ArrayList<>(command);
            all.addAll(List.of("--bootstrap", "no-such-host.invalid:9092"));
            assertEquals(1, run(all.toArray(String[]::new)), all::toString);
            assertTrue(err.toString().contains("No resolvable bootstrap urls"), err::toString);
            assertEquals(1, err.toString().lines().count(), err::toString);
        }
    }

    @Test
    void aFailureIsOneAndOneLine() {
        assertEquals(
                1,
                run("token", "--user", "a", "--key", temporary.resolve("none").toString()));

        assertEquals(1, err.toString().lines().count(), err::toString);
        assertTrue(err.toString().startsWith("heddle token: no key file "), err::toString);
    }

    @Test
    void aKeySignsTokensThatItsPublicPartVerifies() throws Exception {
        Path file = temporary.resolve("keys.json");
        assertEquals(0, run("keygen", "--out", file.toString()));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(
                0,
                run("token", "--user", "zoë 🧵", "--ttl", "90s", "--scope", "events:write", "--key", file.toString()));

        PublicJsonWebKey key = (PublicJsonWebKey)
                new JsonWebKeySet(Files.readString(file)).getJsonWebKeys().get(0);
        JwtClaims claims = new JwtConsumerBuilder()
                .setExpectedIssuer("heddle-dev")
                .setExpectedAudience("heddle")
                .setRequireExpirationTime()
                .setVerificationKey(key.getPublicKey())
                .build()
                .processToClaims(out.toString().strip());
        assertEquals("zoë 🧵", claims.getSubject());
        assertEquals("events:write", claims.getStringClaimValue("scope"));
        long ttl = claims.getExpirationTime().getValue() - claims.getIssuedAt().getValue();
        assertTrue(ttl >= 89 && ttl <= 91, () -> "valid for " + ttl + " s");
    }

    @Test
    void aKeyFileIsNeverOverwritten() throws Exception {
        Path file = Files.writeString(temporary.resolve("keys.json"), "mine");

        assertEquals(1, run("keygen", "--out", file.toString()));
        assertEquals("mine", Files.readString(file));
    }

    @Test
    void aRolesConfigurationIsShownWithItsDefaults() {
        assertEquals(0, run("config", "edge", "--set", "http.port=9999"));
        assertTrue(out.toString().contains("port: 9999"), out::toString);
        assertTrue(out.toString().contains("issuer: heddle-dev"), out::toString);
        assertEquals(0, run("config", "executor"));

        assertEquals(2, run("config", "edge", "--set", "http.prot=9999"));
        assertTrue(err.toString().contains("http.prot"), err::toString);
    }
}
