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
                List.of("executor", "--config", notYaml()))) {
            err.getBuffer().setLength(0);
            assertEquals(2, run(wrong.toArray(String[]::new)), wrong::toString);
            assertTrue(err.toString().startsWith("heddle"), err::toString);
            assertTrue(err.toString().lines().count() <= 2, err::toString); // the second may suggest what was meant
        }
        assertEquals("", out.toString());
        assertFalse(err.toString().contains("\tat "), err::toString);
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
