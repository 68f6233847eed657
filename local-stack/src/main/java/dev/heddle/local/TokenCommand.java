package dev.heddle.local;

import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heddle token}: prints a token for development on standard output. */
@Command(name = "token", description = "Print a token signed with a development key.")
final class TokenCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before call().
    private CommandSpec spec;

    @Option(names = "--user", required = true, paramLabel = "U", description = "whose token: its sub, the user key")
    private String user = "";

    @Option(
            names = "--ttl",
            paramLabel = "1h",
            defaultValue = "1h",
            converter = Ttl.class,
            description = "how long it is valid (default: ${DEFAULT-VALUE})")
    private Duration ttl = Duration.ofHours(1);

    @Option(names = "--scope", paramLabel = "S", description = "its scope claim, say events:write")
    private @Nullable String scope;

    @Option(
            names = "--issuer",
            paramLabel = "ISS",
            defaultValue = TokenSigner.ISSUER,
            description = "its iss claim (default: ${DEFAULT-VALUE})")
    private String issuer = TokenSigner.ISSUER;

    @Option(
            names = "--audience",
            paramLabel = "AUD",
            defaultValue = TokenSigner.AUDIENCE,
            description = "its aud claim (default: ${DEFAULT-VALUE})")
    private String audience = TokenSigner.AUDIENCE;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "the JWK set to sign with (default: the local stack's own)")
    private @Nullable Path key;

    @Override
    public Integer call() {
        try {
            UserKey.of(user);
        } catch (InvalidEventException e) {
            throw new ParameterException(spec.commandLine(), "--user: " + e.getMessage(), e);
        }
        TokenSigner keys = TokenSigner.read(key == null ? DataLocation.defaultKeys() : key);
        spec.commandLine().getOut().println(keys.issue(user, ttl, new TokenSigner.Terms(issuer, audience, scope)));
        return 0;
    }
}
