package dev.heddle.edge.socket;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate and key of the public port, watched in their files. A pair that Vert.x cannot use, a half-written one
 * for instance, is tried again at the next look, and the old one serves on. Owned by the event loop that its timer is
 * on.
 */
final class Certificate {

    private static final Logger log = LoggerFactory.getLogger(Certificate.class);

    private final Vertx vertx;
    private final TlsConfig config;
    private final Servers servers;
    private @Nullable Pair used;

    /** The servers that present the certificate. */
    interface Servers {
        /** Gives new connections this certificate; fails, and changes nothing, if it is not usable. */
        Future<?> use(ServerSSLOptions options);
    }

    private record Pair(Buffer certificate, Buffer key) {}

    private Certificate(Vertx vertx, TlsConfig config, Servers servers) {
        this.vertx = vertx;
        this.config = config;
        this.servers = servers;
    }

    /** The options of a server that starts with the present files. */
    static PemKeyCertOptions files(TlsConfig config) {
        return new PemKeyCertOptions()
                .setCertPath(Objects.requireNonNull(config.certificate()))
                .setKeyPath(Objects.requireNonNull(config.key()));
    }

    /** Looks at the files from now on, and tells the servers of a change; the returned task ends that. */
    static Runnable watch(Vertx vertx, TlsConfig config, Servers servers) {
        Certificate certificate = new Certificate(vertx, config, servers);
        // The pair that is read first may be newer than the one that the servers began with.
        long timer = vertx.setPeriodic(0, config.reload().toMillis(), tick -> certificate.look());
        return () -> vertx.cancelTimer(timer);
    }

    private void look() {
        Future<Buffer> chain = vertx.fileSystem().readFile(Objects.requireNonNull(config.certificate()));
        Future<Buffer> key = vertx.fileSystem().readFile(Objects.requireNonNull(config.key()));
        Future.all(chain, key)
                .compose(read -> use(new Pair(chain.result(), key.result())))
                .onFailure(failure -> log.atWarn()
                        .addKeyValue("error", failure.getClass().getSimpleName())
                        .log("The certificate or its key cannot be used; the old one serves on"));
    }

    private Future<?> use(Pair read) {
        if (read.equals(used)) {
            return Future.succeededFuture();
        }
        ServerSSLOptions options = new ServerSSLOptions()
                .setKeyCertOptions(
                        new PemKeyCertOptions().addCertValue(read.certificate()).addKeyValue(read.key()))
                .setUseAlpn(false);
        return servers.use(options).onSuccess(done -> {
            if (used != null) {
                log.atInfo().log("The certificate was changed");
            }
            used = read;
        });
    }
}
