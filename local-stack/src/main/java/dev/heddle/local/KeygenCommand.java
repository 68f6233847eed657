package dev.heddle.local;

import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code heddle keygen}: makes a new signing key for development. */
@Command(name = "keygen", description = "Make a new JWK set for development (private; edges take the same file).")
final class KeygenCommand implements Callable<Integer> {
    @Option(names = "--out", required = true, paramLabel = "FILE", description = "the file to write; it must be new")
    private Path out = Path.of("");

    @Override
    public Integer call() {
        TokenSigner.create(out);
        return 0;
    }
}
