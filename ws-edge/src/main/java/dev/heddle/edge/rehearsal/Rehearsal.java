package dev.heddle.edge.rehearsal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.edge.hub.Hub;
import dev.heddle.edge.hub.HubConfig;
import dev.heddle.edge.hub.HubEnvironment;
import dev.heddle.edge.hub.HubObserver;
import dev.heddle.edge.socket.EdgeServer;
import dev.heddle.edge.socket.Services;
import dev.heddle.edge.socket.SocketConfig;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.Json;
import dev.heddle.event.UserKey;
import dev.heddle.port.ConnectionGuard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.WebSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One rehearsal of delivery: made-up users connect to a server of their own, get live and missed events, leave and come
 * again, until the JVM hardly compiles any more.
 */
public final class Rehearsal {
    private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);

    private static final int USERS = 20;

    /** The bound on connections, which a rehearsal never reaches. */
    private static final int CONNECTIONS = 1_000;

    /** The number of a user's events in a round that come one by one. */
    private static final int SINGLE = 10;

    /** The number of a user's events in a round that come at once. */
    private static final int BURST = 40;

    private static final int ROUNDS = 100;

    /** The rehearsal ends after this many rounds in which the JVM hardly compiled anything. */
    private static final int QUIET_ROUNDS = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** The smallest bounds that are allowed, so that sessions have to catch up. */
    private static final HubConfig BOUNDS = new HubConfig(
            1 << 18, 1 << 20, 1 << 20, HubConfig.defaults().frameBytes(), 1_000, 10_000, 4096, Duration.ZERO, 1);

    private final Clock clock;
    private final Environment environment;

    /** The parts of an edge that a rehearsal needs, made by the composition root. */
    public interface Environment {
        /** The services of the rehearsal's connections; none of them may be the edge's own. */
        Services services(Hub hub, TokenVerifier verifier);

        /** The observer of the rehearsal's hub. */
        HubObserver observer();

        /** The listening of the rehearsal's server: as the edge's, on loopback. */
        SocketConfig sockets();
    }

    public Rehearsal(Clock clock, Environment environment) {
        this.clock = clock;
        this.environment = environment;
    }

    /**
     * Runs the rehearsal for at most this long; not at all if the limit is zero. Blocks, and throws nothing.
     *
     * @return the number of rounds
     */
    public int run(Duration limit) {
        if (limit.isZero()) {
            return 0;
        }
        long begin = System.nanoTime();
        Vertx vertx = new ConnectionGuard(CONNECTIONS, PATIENCE, reason -> {})
                .vertx(new VertxOptions()
                        .setEventLoopPoolSize(environment.sockets().http().eventLoopCount()));
        RehearsalLog events = new RehearsalLog();
        try (Hub hub = new Hub(events, new HubEnvironment(BOUNDS, environment.observer(), System::nanoTime))) {
            hub.start();
            SyntheticUsers users = SyntheticUsers.of(USERS, clock);
            EdgeServer server = await(EdgeServer.start(
                    vertx, environment.sockets(), environment.services(hub, users.verifier()), (router, door) -> {}));
            int rounds =
                    perform(new RehearsalClients(vertx, users, server.port()), new Script(events, users, clock), limit);
            log.atInfo()
                    .addKeyValue("rounds", rounds)
                    .addKeyValue(
                            "millis",
                            Duration.ofNanos(System.nanoTime() - begin).toMillis())
                    .log("Delivery was rehearsed");
            return rounds;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            log.atWarn().setCause(e).log("Delivery could not be rehearsed; the first clients will find it slow");
        } finally {
            end(vertx);
        }
        return 0;
    }

    /** Returns once the server is gone: it must not outlive the rehearsal. */
    private static void end(Vertx vertx) {
        try {
            await(vertx.close());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            log.atWarn().setCause(e).log("A rehearsal did not end");
        }
    }

    private static int perform(RehearsalClients clients, Script script, Duration limit) throws Exception {
        Compilation compilation = Compilation.ofThisJvm(System::nanoTime);
        long until = System.nanoTime() + limit.toNanos();
        int quiet = 0;
        int round = 0;
        while (round < ROUNDS && quiet < QUIET_ROUNDS && System.nanoTime() < until) {
            round++;
            List<WebSocket> live = clients.come("from=latest");
            for (int i = 0; i < SINGLE; i++) {
                script.play(1);
                clients.awaitEvents(USERS);
            }
            script.play(BURST);
            clients.awaitEvents(USERS * BURST);
            RehearsalClients.leave(live);
            List<WebSocket> late = clients.come("from=last:" + BURST);
            clients.awaitEvents(USERS * BURST);
            RehearsalClients.leave(late);
            quiet = compilation.isQuiet() ? quiet + 1 : 0;
        }
        return round;
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The events of a rehearsal. */
    private record Script(RehearsalLog events, SyntheticUsers users, Clock clock) {
        /** Appends this many events of every user. */
        void play(int each) {
            for (int i = 0; i < each; i++) {
                for (int user = 0; user < users.count(); user++) {
                    long now = clock.millis();
                    events.append(users.key(user), now, EventCodec.encode(event(users.key(user), now)));
                }
            }
        }

        private static AgentEvent event(UserKey user, long now) {
            ObjectNode event = Json.mapper().createObjectNode();
            event.put("type", "TEXT_MESSAGE_CONTENT")
                    .put("messageId", "message")
                    .put("delta", "a word or two ");
            return AgentEvent.stamped(Envelope.next(user, "thread"), event, now);
        }
    }
}
