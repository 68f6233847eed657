package dev.heddle.local;

import dev.heddle.process.UntilStopped;
import dev.heddle.token.TokenSigner;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code heddle issuer}: serves tokens without authentication, and the console, for trying out a fleet behind a load
 * balancer on loopback. An edge serves neither.
 */
@Command(
        name = "issuer",
        description =
                "Serve tokens for whoever asks, and the console, behind a balancer on loopback; for trying a fleet out.")
final class IssuerCommand implements Callable<Integer> {
    private static final long LIMIT_SECONDS = 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before call().
    private CommandSpec spec;

    @Option(names = "--key", required = true, paramLabel = "FILE", description = "the JWK set to sign with")
    private Path key = Path.of("");

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "the address to listen on (default: ${DEFAULT-VALUE})")
    private String host = "";

    @Option(
            names = "--port",
            defaultValue = "8080",
            converter = Port.class,
            description = "the port to listen on; 0 for a free one (default: ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = "--public-port",
            split = ",",
            paramLabel = "PORT",
            converter = Port.class,
            description = "where the balancer is reached on loopback: requests must name it (default: the port itself)")
    private Set<Integer> publicPorts = Set.of();

    @Option(
            names = "--partitions",
            defaultValue = "64",
            description = "of the log, for the hint beside a token (default: ${DEFAULT-VALUE})")
    private int partitions;

    @Override
    public Integer call() throws Exception {
        if (partitions < 1) {
            throw new ParameterException(spec.commandLine(), "--partitions must be at least 1, not " + partitions);
        }
        TokenSigner keys = TokenSigner.read(key);
        LoopbackOnly door = new LoopbackOnly(publicPorts);
        Vertx vertx = Vertx.vertx();
        Router router = Router.router(vertx);
        new TokenRoute(keys, partitions, door).mount(router);
        new ConsolePages(door).mount(router);
        HttpServer server = vertx.createHttpServer(new HttpServerOptions().setIdleTimeout(60))
                .requestHandler(router);
        AutoCloseable running = () -> stop(vertx);
        try {
            int listening = server.listen(port, host)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .actualPort();
            return UntilStopped.serve(running, () -> ready(listening), new CompletableFuture<Throwable>());
        } catch (CompletionException e) {
            running.close();
            throw new CommandFailedException("cannot listen on " + host + ":" + port, e);
        }
    }

    private static void stop(Vertx vertx) throws Exception {
        Void unused = vertx.close().toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private void ready(int listening) {
        spec.commandLine().getOut().println("ready http://" + host + ":" + listening);
        spec.commandLine().getOut().flush();
    }
}
