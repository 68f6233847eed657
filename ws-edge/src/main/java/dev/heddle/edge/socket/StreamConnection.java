package dev.heddle.edge.socket;

import dev.heddle.auth.TokenVerdict;
import dev.heddle.auth.TokenVerdict.Verified;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.edge.hub.EndReason;
import dev.heddle.edge.hub.Hub;
import dev.heddle.edge.hub.Session;
import dev.heddle.edge.hub.Start;
import dev.heddle.edge.protocol.ClientFrame;
import dev.heddle.edge.protocol.ClientFrames;
import dev.heddle.edge.protocol.Disconnect;
import dev.heddle.edge.protocol.Protocol;
import dev.heddle.edge.protocol.RejectCode;
import dev.heddle.edge.protocol.ServerFrame;
import dev.heddle.edge.protocol.ServerFrames;
import dev.heddle.edge.protocol.StreamRequest;
import dev.heddle.edge.protocol.Upstream;
import dev.heddle.edge.socket.StreamState.Beginning;
import dev.heddle.edge.socket.StreamState.Closing;
import dev.heddle.edge.socket.StreamState.Live;
import dev.heddle.edge.socket.StreamState.Open;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One admitted connection of {@code heddle.v1}, from the upgrade to its end; its states are {@link StreamState}'s.
 * Owned by its event loop: everything but {@link #replaced()} and {@link #revoked()} runs there.
 */
final class StreamConnection
        implements ConnectionRegistry.Connection,
                ConnectionTimers.Connection,
                AgentsFeed.Subscriber,
                Admission.Member,
                FrameChannel.Listener {

    private static final Logger log = LoggerFactory.getLogger(StreamConnection.class);

    private final ConnectionContext context;
    private final Admitted admitted;
    private final FrameChannel channel;
    private final MessageAssembler assembler;
    private final FrameRate rate;
    private final ConnectionTimers timers;
    private final TokenRenewals renewals;
    private StreamState state;
    private int pendingCommands;
    private int framesWhileNotReading;

    /** The result of the handshake. */
    record Admitted(Verified who, StreamRequest request) {}

    StreamConnection(ConnectionContext context, ServerWebSocket socket, Admitted admitted) {
        this.context = context;
        this.admitted = admitted;
        this.state = new Beginning(admitted.who());
        this.channel = FrameChannel.takeOver(socket, this);
        LimitsConfig limits = context.config().limits();
        this.assembler = new MessageAssembler(limits);
        this.rate = new FrameRate(limits, System::nanoTime);
        this.timers = new ConnectionTimers(context, channel, ConnectionTimers.Peer.ANSWERS, this);
        this.renewals = new TokenRenewals(
                context.loop(),
                context.services().clients().verifier(),
                new TokenVerifier.Caller(
                        admitted.who().user(), context.admission().sessions()),
                verdict -> guarded(() -> renewed(verdict)));
    }

    /** Asks the hub for the start of the session, and sends {@code hello} with the answer. */
    void open() {
        context.registry().add(this);
        context.metrics().opened(Protocol.HEDDLE_V1);
        timers.begin();
        closeIfRevoked();
        if (!(state instanceof Open)) {
            return;
        }
        Hub hub = context.services().hub();
        hub.begin(
                        admitted.who().user(),
                        admitted.request().subscription(),
                        admitted.request().start())
                .whenComplete((start, failure) -> context.loop()
                        .later(() -> guarded(() -> {
                            if (start != null) {
                                begun(hub, start);
                            } else {
                                log.atWarn()
                                        .addKeyValue("error", String.valueOf(failure))
                                        .log("The log could not say where a connection begins");
                                close(Disconnect.LOG_AWAY);
                            }
                        })));
    }

    private void begun(Hub hub, Start start) {
        if (!(state instanceof Beginning beginning)) {
            return;
        }
        Verified who = beginning.who();
        WebSocketSink sink =
                new WebSocketSink(who.user(), channel, context.services().operations(), reason -> close(cause(reason)));
        Session session = hub.open(start, sink, context.loop());
        state = beginning.live(session);
        channel.text(ServerFrames.encode(Hello.of(start, who, context.config())));
        timers.live(who);
        if (admitted.request().agents() == StreamRequest.Agents.WANTED) {
            context.agents().add(this);
        }
        if (context.services().delivery().upstream().get() != Upstream.OK) {
            tell(Upstream.DEGRADED);
        }
        session.start();
        channel.proceed();
    }

    private static Disconnect cause(EndReason reason) {
        return switch (reason) {
            case LOG_CHANGED -> Disconnect.LOG_CHANGED;
            case INTERNAL -> Disconnect.INTERNAL_ERROR;
            case FOREIGN_EVENT -> Disconnect.FOREIGN_EVENT;
        };
    }

    // ---- frames of the client

    @Override
    public void frameArrived() {
        guarded(this::countFrame);
    }

    private void countFrame() {
        timers.heard();
        framesWhileNotReading = channel.isWritable() ? 0 : framesWhileNotReading + 1;
        if (!rate.take() || framesWhileNotReading > context.config().limits().framesWhileNotReading()) {
            close(Disconnect.TOO_MANY_FRAMES);
        }
    }

    @Override
    public void broken(Disconnect cause) {
        close(cause);
    }

    @Override
    public void drained() {
        guarded(() -> context.agents().drained(this));
    }

    @Override
    public void data(WebSocketFrame frame) {
        guarded(() -> {
            if (state instanceof Live live) {
                data(live, frame);
            }
        });
    }

    private void data(Live live, WebSocketFrame frame) {
        MessageAssembler.Result result = assembler.add(frame);
        if (result instanceof MessageAssembler.Result.Fault fault) {
            close(fault.cause());
        } else if (result instanceof MessageAssembler.Result.Message message) {
            context.metrics().received();
            message(live, ClientFrames.parse(message.text()));
        }
    }

    private void message(Live live, ClientFrame frame) {
        if (frame instanceof ClientFrame.Command command) {
            command(live, command);
        } else if (frame instanceof ClientFrame.Token token) {
            if (!renewals.add(token.token())) {
                close(Disconnect.TOO_MANY_FRAMES);
            }
        } else if (frame instanceof ClientFrame.Ping) {
            send(ServerFrames.encode(new ServerFrame.Pong()));
        } else if (frame instanceof ClientFrame.Bad bad) {
            log.atDebug().addKeyValue("reason", bad.why()).log("A client sent a bad frame");
            close(Disconnect.BAD_FRAME);
        }
    }

    private void command(Live live, ClientFrame.Command command) {
        if (pendingCommands >= context.services().commands().pendingPerSession()) {
            answer(new ServerFrame.Rejected(
                    command.id(), RejectCode.RATE_LIMITED, "too many commands wait for their acknowledgement"));
            return;
        }
        if (!context.admission().mayCommand(live.who().user())) {
            answer(new ServerFrame.Rejected(command.id(), RejectCode.RATE_LIMITED, "too many commands in this time"));
            return;
        }
        pendingCommands++;
        long asked = System.nanoTime();
        context.services().commands().desk().submit(live.who().user(), command, answer -> context.loop()
                .later(() -> {
                    pendingCommands--;
                    if (answer instanceof ServerFrame.Accepted) {
                        context.metrics().accepted(Duration.ofNanos(System.nanoTime() - asked));
                    }
                    answer(answer);
                }));
    }

    private void answer(ServerFrame answer) {
        if (answer instanceof ServerFrame.Rejected rejected) {
            context.metrics().rejected(rejected.code());
        }
        send(ServerFrames.encode(answer));
    }

    private void renewed(TokenVerdict verdict) {
        if (!(state instanceof Live live)) {
            return;
        }
        if (verdict instanceof TokenVerdict.Refused refused) {
            close(Handshake.cause(refused.reason()));
        } else if (verdict instanceof Verified fresh) {
            if (!fresh.user().equals(live.who().user())) {
                close(Disconnect.USER_CHANGED);
                return;
            }
            state = live.renewed(fresh);
            timers.tokenEnds(fresh.expiresAt());
            send(ServerFrames.encode(new ServerFrame.TokenRenewed(fresh.expiresAt())));
        }
    }

    // ---- frames of the edge

    @Override
    public void send(byte[] frame) {
        if (state instanceof Live) {
            channel.text(frame);
        }
    }

    @Override
    public void tell(Upstream upstream) {
        send(ServerFrames.encode(new ServerFrame.Status(upstream)));
    }

    @Override
    public boolean isReading() {
        return channel.isWritable();
    }

    @Override
    public void heartbeat(ConnectionTimers.Beat beat) {
        channel.ping();
        if (beat == ConnectionTimers.Beat.WITH_CURSOR && state instanceof Live live) {
            live.session().refreshCursor();
        }
    }

    /** Says goodbye with the cursor to come back with, and closes with 4001. */
    @Override
    public void goodbye(Disconnect cause, long retryAfterMillis) {
        if (state instanceof Live live) {
            String reason = cause == Disconnect.MAXIMUM_AGE ? "maximumAge" : "draining";
            String cursor = live.session().cursor().encode();
            send(ServerFrames.encode(new ServerFrame.Goodbye(reason, retryAfterMillis, cursor)));
        }
        close(cause);
    }

    @Override
    public void leaveWithin(long millis) {
        timers.leaveWithin(millis);
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
        if (state instanceof Open open
                && context.services()
                        .clients()
                        .revocations()
                        .covers(open.who().user(), open.who().issuedAt())) {
            close(Disconnect.TOKEN_REVOKED);
        }
    }

    // ---- the end

    /** Ends the connection for this cause; the first cause counts. */
    @Override
    public void close(Disconnect cause) {
        if (!(state instanceof Open open)) {
            return;
        }
        state = open.closing(cause);
        release(open);
        switch (cause) {
            case BROKEN_FRAMING, TEXT_NOT_UTF8, FRAME_TOO_LARGE, TOO_MANY_FRAMES ->
                channel.closeDiscarding(cause.code());
            default -> channel.close(cause.code());
        }
        timers.closing(channel::cut);
    }

    @Override
    public void closedByPeer() {
        if (state instanceof Open open) {
            state = open.closing(Disconnect.CLIENT_CLOSED);
            release(open);
            timers.closing(channel::cut);
        }
    }

    @Override
    public void gone() {
        guarded(this::end);
    }

    private void end() {
        Disconnect cause;
        if (state instanceof Open open) {
            cause = Disconnect.CONNECTION_LOST;
            state = open.closed(cause);
            release(open);
        } else if (state instanceof Closing closing) {
            cause = closing.cause();
            state = closing.closed();
        } else {
            return;
        }
        timers.end();
        context.registry().remove(this);
        context.metrics().closed(Protocol.HEDDLE_V1, cause);
    }

    private void release(Open open) {
        if (open instanceof Live live) {
            live.session().close();
        }
        context.agents().remove(this);
        renewals.end();
        timers.released();
    }

    /** Runs a task of this connection; a bug ends this connection and no other. */
    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("A connection failed");
            close(Disconnect.INTERNAL_ERROR);
        }
    }
}
