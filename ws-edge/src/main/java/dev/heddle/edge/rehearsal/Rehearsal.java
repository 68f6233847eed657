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
 * One performance of delivery: made-up users connect to a server of their own, get events as they come and events that
 * they missed, leave and come again, until the JVM hardly compiles any more.
 */
public final class Rehearsal {
    private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);

    private static final int USERS = 20;

    /** More than there ever are at once: nobody makes room here. */
    private static final int CONNECTIONS = 1_000;

    /** Events of a user in a round that come one by one. */
    private static final int SINGLE = 10;

    /** Events of a user in a round that come at once. */
    private static final int BURST = 40;

    private static final int ROUNDS = 100;

    /** After so many rounds in which hardly anything was compiled, it is enough. */
    private static final int QUIET_ROUNDS = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** As small as it may be, so that there is something to catch up. */
    private static final HubConfig BOUNDS = new HubConfig(
            1 << 18, 1 << 20, 1 << 20, HubConfig.defaults().frameBytes(), 1_000, 10_000, 4096, Duration.ZERO, 1);

    private final Clock clock;
    private final Stage stage;

    /** What the composition root lends to a rehearsal. */
    public interface Stage {
        /** What the rehearsal's connections share; nothing of it may be the edge's own. */
        Services services(Hub hub, TokenVerifier verifier);

        /** What the rehearsal's hub tells. */
        HubObserver observer();

        /** How the rehearsal's server listens: as the edge does, on loopback. */
        SocketConfig sockets();
    }

    public Rehearsal(Clock clock, Stage stage) {
        this.clock = clock;
        this.stage = stage;
    }

    /**
     * Performs for at most this long; not at all if that is nothing. Blocks, and throws nothing.
     *
     * @return how many rounds there were
     */
    public int run(Duration limit) {
        if (limit.isZero()) {
            return 0;
        }
        long begin = System.nanoTime();
        Vertx vertx = new ConnectionGuard(CONNECTIONS, PATIENCE, reason -> {})
                .vertx(new VertxOptions()
                        .setEventLoopPoolSize(stage.sockets().http().eventLoopCount()));
        RehearsalLog events = new RehearsalLog();
        try (Hub hub = new Hub(events, new HubEnvironment(BOUNDS, stage.observer(), System::nanoTime))) {
            hub.start();
            MadeUpUsers users = MadeUpUsers.of(USERS, clock);
            EdgeServer server = await(
                    EdgeServer.start(vertx, stage.sockets(), stage.services(hub, users.verifier()), router -> {}));
            int rounds = perform(new Audience(vertx, users, server.port()), new Script(events, users, clock), limit);
            log.atInfo()
                    .addKeyValue("rounds", rounds)
                    .addKeyValue(
                            "millis",
                            Duration.ofNanos(System.nanoTime() - begin).toMillis())
                    .log("delivery was rehearsed");
            return rounds;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            log.atWarn().setCause(e).log("delivery could not be rehearsed; the first clients will find it slow");
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
            log.atWarn().setCause(e).log("a rehearsal did not end");
        }
    }

    private static int perform(Audience audience, Script script, Duration limit) throws Exception {
        Compilation compilation = Compilation.ofThisJvm(System::nanoTime);
        long until = System.nanoTime() + limit.toNanos();
        int quiet = 0;
        int round = 0;
        while (round < ROUNDS && quiet < QUIET_ROUNDS && System.nanoTime() < until) {
            round++;
            List<WebSocket> live = audience.come("from=latest");
            for (int i = 0; i < SINGLE; i++) {
                script.play(1);
                audience.awaitEvents(USERS);
            }
            script.play(BURST);
            audience.awaitEvents(USERS * BURST);
            Audience.leave(live);
            List<WebSocket> late = audience.come("from=last:" + BURST);
            audience.awaitEvents(USERS * BURST);
            Audience.leave(late);
            quiet = compilation.isQuiet() ? quiet + 1 : 0;
        }
        return round;
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The events of a rehearsal. */
    private record Script(RehearsalLog events, MadeUpUsers users, Clock clock) {
        /** Appends so many events of every user. */
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
