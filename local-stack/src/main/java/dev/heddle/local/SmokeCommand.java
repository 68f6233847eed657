package dev.heddle.local;

import dev.heddle.client.HeddleEndpoint;
import dev.heddle.client.StreamEvent;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code heddle smoke}: tests runs, resume and isolation of a deployed fleet from outside, through its load balancer,
 * in a few seconds. It leaves two runs of made-up users in the log and nothing else.
 */
@Command(
        name = "smoke",
        description =
                "Try a deployed fleet through its public address: runs, resume, isolation. 1 if anything is wrong.",
        footer = {"", "The agent 'countdown' must be on offer, and the key one that the edges verify with."})
final class SmokeCommand implements Callable<Integer> {
    private static final int MOST_EVENTS = 1_000_000;
    private static final int MOST_MILLIS = 3_600_000;
    private static final Duration TTL = Duration.ofMinutes(10);

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before call().
    private CommandSpec spec;

    @Option(
            names = "--url",
            defaultValue = "http://127.0.0.1:8080",
            paramLabel = "URL",
            description = "where clients reach the fleet (default: ${DEFAULT-VALUE})")
    private URI url = URI.create("http://127.0.0.1:8080");

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "the private JWK set to sign tokens with (default: the local stack's own)")
    private @Nullable Path key;

    @Option(
            names = "--issuer",
            paramLabel = "ISS",
            defaultValue = TokenSigner.ISSUER,
            description = "what edges expect as iss, their auth.issuer (default: ${DEFAULT-VALUE})")
    private String issuer = TokenSigner.ISSUER;

    @Option(
            names = "--audience",
            paramLabel = "AUD",
            defaultValue = TokenSigner.AUDIENCE,
            description = "what edges expect as aud, their auth.audience (default: ${DEFAULT-VALUE})")
    private String audience = TokenSigner.AUDIENCE;

    @Option(
            names = "--token",
            paramLabel = "FILE",
            description =
                    "two tokens that somebody else has signed, of two users, a line each, instead of --key; a process"
                            + " substitution or /dev/stdin will do, so that none stands in a list of processes")
    private @Nullable Path tokens;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "the certificates, PEM, that the fleet's own must lead to (default: those that the JVM trusts)")
    private @Nullable Path authorities;

    @Option(
            names = "--limit",
            defaultValue = "60s",
            converter = Ttl.class,
            description = "how long one step may take (default: ${DEFAULT-VALUE})")
    private Duration limit = Duration.ofSeconds(60);

    @Option(
            names = "--events",
            defaultValue = "20",
            paramLabel = "N",
            description = "how long each of the two runs is (default: ${DEFAULT-VALUE})")
    private int events;

    @Option(
            names = "--every-ms",
            defaultValue = "50",
            paramLabel = "MS",
            description = "and how fast (default: ${DEFAULT-VALUE})")
    private int everyMillis;

    @Override
    public Integer call() {
        if (events < 2 || events > MOST_EVENTS || everyMillis < 0 || everyMillis > MOST_MILLIS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--events must be 2 to " + MOST_EVENTS + ", and --every-ms 0 to " + MOST_MILLIS);
        }
        String suffix = UUID.randomUUID().toString().substring(0, 8);
        String alice = "smoke-a-" + suffix;
        String bob = "smoke-b-" + suffix;
        List<String> signed = tokens == null ? signed(alice, bob) : given(tokens);
        HttpClient http = authorities == null ? HttpClient.newHttpClient() : TrustedCertificates.client(authorities);
        HeddleEndpoint fleet = HeddleEndpoint.at(url).through(http).within(limit);
        SmokeClient mine = new SmokeClient(fleet, signed.get(0));
        SmokeClient other = new SmokeClient(fleet, signed.get(1));
        mine.connect(null);
        other.connect(null);
        // Both at once, so that they could be mixed up.
        mine.start("countdown", events, everyMillis);
        other.start("countdown", events, everyMillis);
        finish(mine, alice);
        finish(other, bob);
        resumed(mine);
        alone(mine, other);
        say("ok: fleet at " + url + " runs agents, resumes, and keeps users apart");
        return 0;
    }

    private List<String> signed(String alice, String bob) {
        TokenSigner keys = TokenSigner.read(key == null ? DataLocation.defaultKeys() : key);
        TokenSigner.Terms claims = new TokenSigner.Terms(issuer, audience, null);
        return List.of(keys.issue(alice, TTL, claims), keys.issue(bob, TTL, claims));
    }

    /** The two tokens of a file; the message of a failure never contains the file's content. */
    private static List<String> given(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new CommandFailedException("--token: " + file + " cannot be read", e);
        }
        require(lines.size() == 2, "--token: " + file + " holds " + lines.size() + " tokens, a line each, not 2");
        require(
                !lines.get(0).equals(lines.get(1)),
                "--token: " + file + " holds one token twice: two users are needed");
        return lines;
    }

    /** Follows one run to its end, and cuts and resumes the connection in the middle of it. */
    private void finish(SmokeClient client, String user) {
        client.until("the middle of the run", () -> client.events().size() >= events / 2);
        String cursor = client.cursor();
        client.cut();
        String outcome = client.connect(cursor).resume();
        require(outcome.equals("resumed"), "after a cut the fleet said " + outcome);
        client.until("the end of the run", client::hasFinished);
        List<Long> numbers = client.numbers();
        for (int i = 0; i < numbers.size(); i++) {
            require(numbers.get(i) == i, "a run's events came as " + numbers);
        }
        say("ok: a run of " + user + ", cut in the middle: " + numbers.size() + " events, each once and in order");
    }

    /** Reads the same events again with the cursor before them. */
    private void resumed(SmokeClient client) {
        List<StreamEvent> all = new ArrayList<>(client.events());
        SmokeClient again = client.anew();
        again.connect(client.firstCursor());
        again.until("the run once more", again::hasFinished);
        require(again.events().equals(all), "a second reading of the run differs from the first");
        again.cut();
        say("ok: resume from before the run brings the same " + all.size() + " events");
    }

    private void alone(SmokeClient mine, SmokeClient other) {
        mine.cut();
        other.cut();
        List<StreamEvent> shared = new ArrayList<>(mine.events());
        shared.retainAll(other.events());
        require(shared.isEmpty(), "both users got " + shared);
        require(mine.runs().size() == 1 && other.runs().size() == 1, "a user got another one's run");
        say("ok: neither user got anything of the other's");
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new CommandFailedException(otherwise);
        }
    }
}
