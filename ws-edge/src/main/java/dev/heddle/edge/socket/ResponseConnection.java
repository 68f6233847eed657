package dev.heddle.edge.socket;

import dev.heddle.auth.TokenVerdict.Verified;
import dev.heddle.edge.hub.EndReason;
import dev.heddle.edge.hub.Session;
import dev.heddle.edge.hub.Start;
import dev.heddle.edge.protocol.Disconnect;
import dev.heddle.edge.protocol.Protocol;
import dev.heddle.edge.protocol.Upstream;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One response that delivers a user's events: a session of the hub as a WebSocket's is, with the same limits and ends.
 * It is ended cleanly only when its body is complete. For every other cause the connection is broken, so that its
 * client knows that there is more.
 *
 * <p>Owned by its event loop, but for {@link #replaced} and {@link #revoked}.
 */
final class ResponseConnection
        implements ConnectionRegistry.Connection,
                ConnectionTimers.Connection,
                Admission.Member,
                ResponseChannel.Listener,
                ResponseSink.Owner {

    private static final Logger log = LoggerFactory.getLogger(ResponseConnection.class);

    private final ConnectionContext context;
    private final Protocol protocol;
    private final Verified who;
    private final AnswerBody body;
    private final ResponseChannel channel;
    private final ConnectionTimers timers;
    private @Nullable Session session;
    private @Nullable Disconnect cause;
    private boolean gone;

    ResponseConnection(
            ConnectionContext context, Protocol protocol, Verified who, HttpServerRequest request, AnswerBody body) {
        this.context = context;
        this.protocol = protocol;
        this.who = who;
        this.body = body;
        this.channel = ResponseChannel.takeOver(request, this);
        this.timers = new ConnectionTimers(context, channel, ConnectionTimers.Peer.SILENT, this);
    }

    /** Begins to deliver. */
    void open(Start start) {
        context.registry().add(this);
        context.metrics().opened(protocol);
        Session opened = context.services()
                .hub()
                .open(
                        start,
                        new ResponseSink(
                                who.user(),
                                start.cursor(),
                                body,
                                channel,
                                context.services().operations(),
                                this),
                        context.loop());
        session = opened;
        timers.live(who);
        closeIfRevoked();
        if (context.services().delivery().upstream().get() != Upstream.OK) {
            close(Disconnect.LOG_AWAY);
        }
        if (body.isComplete()) {
            complete();
        } else if (cause == null) {
            opened.start();
        }
    }

    @Override
    public void complete() {
        if (cause == null) {
            release(Disconnect.COMPLETE);
            channel.finish();
            timers.closing(channel::cut);
        }
    }

    @Override
    public void ended(EndReason reason) {
        close(
                switch (reason) {
                    case LOG_CHANGED -> Disconnect.LOG_CHANGED;
                    case INTERNAL -> Disconnect.INTERNAL_ERROR;
                    case FOREIGN_EVENT -> Disconnect.FOREIGN_EVENT;
                });
    }

    /** Breaks the connection for this cause; the first cause counts. */
    @Override
    public void close(Disconnect why) {
        if (cause == null) {
            release(why);
            channel.cut();
        }
    }

    @Override
    public void goodbye(Disconnect why, long retryAfterMillis) {
        close(why);
    }

    @Override
    public void heartbeat(ConnectionTimers.Beat beat) {
        channel.writeIfIdle(body.idle());
    }

    @Override
    public void leaveWithin(long millis) {
        timers.leaveWithin(millis);
    }

    @Override
    public void tell(Upstream upstream) {
        if (upstream != Upstream.OK) {
            close(Disconnect.LOG_AWAY);
        }
    }

    @Override
    public void replaced() {
        context.loop().later(() -> close(Disconnect.REPLACED_BY_NEWER));
    }

    @Override
    public void revoked() {
        context.loop().later(this::closeIfRevoked);
    }

    private void closeIfRevoked() {
        if (context.services().clients().revocations().covers(who.user(), who.issuedAt())) {
            close(Disconnect.TOKEN_REVOKED);
        }
    }

    private void release(Disconnect why) {
        cause = why;
        timers.released();
        Session open = session;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void gone() {
        if (gone) {
            return;
        }
        gone = true;
        try {
            if (cause == null) {
                release(Disconnect.CONNECTION_LOST);
            }
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("A response could not be released");
        }
        timers.end();
        context.registry().remove(this);
        context.metrics().closed(protocol, cause == null ? Disconnect.INTERNAL_ERROR : cause);
    }
}
