package dev.heddle.edge.socket;

import dev.heddle.auth.TokenVerdict.Verified;
import dev.heddle.edge.protocol.Disconnect;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The timers of a connection, which end it for a hub that does not answer, a silent peer, a token's end, the maximum
 * age, and a peer that does not answer a close. At most four run at a time. Owned by the connection's event loop.
 */
final class ConnectionTimers {

    private static final int SILENT_BEATS = 2;

    /** The most time between two signs of life to a peer that answers none: the contract promises one every 15 s. */
    private static final long UNANSWERED_MILLIS = 12_000;

    /** The longest timer: the clock is asked again at least once a day. */
    private static final long LONGEST_MILLIS = Duration.ofDays(1).toMillis();

    private final ConnectionContext context;
    private final WriteProgress channel;
    private final Peer peer;
    private final Connection connection;
    private TimingWheel.@Nullable Timer first;
    private TimingWheel.@Nullable Timer beat;
    private TimingWheel.@Nullable Timer token;
    private TimingWheel.@Nullable Timer age;
    private int silentBeats;
    private int stuckBeats;
    private int beats;
    private long progress;
    private long backlog;

    /** The content of a heartbeat. */
    enum Beat {
        PLAIN,
        WITH_CURSOR
    }

    /** The peer's answer to a heartbeat. */
    enum Peer {
        /** It answers each with a frame. */
        ANSWERS,
        /** It never sends anything. */
        SILENT
    }

    /** The connection that the timers end. */
    interface Connection {
        /** Ends the connection for this cause. */
        void close(Disconnect cause);

        /** Says goodbye, with the delay after which the client comes back, and ends the connection. */
        void goodbye(Disconnect cause, long retryAfterMillis);

        /** Sends a heartbeat. */
        void heartbeat(Beat beat);
    }

    ConnectionTimers(ConnectionContext context, WriteProgress channel, Peer peer, Connection connection) {
        this.context = context;
        this.channel = channel;
        this.peer = peer;
        this.connection = connection;
    }

    private TimingWheel wheel() {
        return context.loop().timers();
    }

    private SessionConfig sessions() {
        return context.config().sessions();
    }

    /** Starts the timer for the hub's answer. */
    void begin() {
        first = wheel().after(sessions().beginTimeout().toMillis(), () -> connection.close(Disconnect.LOG_AWAY));
    }

    /** Starts the timers of a connection that delivers. */
    void live(Verified who) {
        cancel(first);
        tokenEnds(who.expiresAt());
        beat = wheel().after(spread(beatMillis(), 0.5, 1.0), this::heartbeat);
        long maximumAge = sessions().maximumAge().toMillis();
        if (maximumAge > 0 && age == null) {
            age = wheel().after(
                            spread(maximumAge, 0.9, 1.1),
                            () -> connection.goodbye(Disconnect.MAXIMUM_AGE, spread(1000, 0, 1)));
        }
    }

    /**
     * Ends the connection so that the client comes back within this time. The goodbye is sent at half of a random delay
     * and names the other half, so that goodbyes are spread over half of the time and returns over all of it.
     */
    void leaveWithin(long millis) {
        cancel(age);
        long back = spread(millis, 0, 1);
        long told = back / 2;
        age = wheel().after(told, () -> connection.goodbye(Disconnect.DRAINING, back - told));
    }

    /** Ends the connection when its token ends. */
    void tokenEnds(Instant end) {
        cancel(token);
        long left = Duration.between(context.services().operations().clock().instant(), end)
                .toMillis();
        token = left > LONGEST_MILLIS
                ? wheel().after(LONGEST_MILLIS, () -> tokenEnds(end))
                : wheel().after(left, () -> connection.close(Disconnect.TOKEN_EXPIRED));
    }

    /** Notes that a frame of the peer has arrived. */
    void heard() {
        silentBeats = 0;
    }

    private long beatMillis() {
        long configured = sessions().heartbeat().toMillis();
        return peer == Peer.ANSWERS ? configured : Math.min(configured, UNANSWERED_MILLIS);
    }

    private void heartbeat() {
        // A slow reader's pong is stuck behind a frame; that it takes bytes is its sign of life.
        boolean takesBytes = backlog > 0 && channel.progress() != progress;
        silentBeats = takesBytes ? 1 : silentBeats + 1;
        stuckBeats = backlog > 0 && !takesBytes ? stuckBeats + 1 : 0;
        progress = channel.progress();
        backlog = channel.backlog();
        // A peer that sends and does not read may do so, until others wait for the credit that its frame holds.
        boolean holdsUpOthers =
                stuckBeats > SILENT_BEATS && context.services().hub().credit().waiting() > 0;
        int unmoved = peer == Peer.ANSWERS ? silentBeats : stuckBeats;
        if (unmoved > SILENT_BEATS || holdsUpOthers) {
            connection.close(Disconnect.HEARTBEAT_MISSED);
            return;
        }
        beats++;
        beat = wheel().after(beatMillis(), this::heartbeat);
        connection.heartbeat(beats % sessions().heartbeatsPerRefresh() == 0 ? Beat.WITH_CURSOR : Beat.PLAIN);
    }

    /** Cancels all timers. */
    void released() {
        cancel(first);
        cancel(beat);
        cancel(token);
        cancel(age);
    }

    /** Starts the timer for the peer's answer to a close; at its end {@code cut} runs. */
    void closing(Runnable cut) {
        first = wheel().after(context.config().http().closeTimeout().toMillis(), cut);
    }

    /** Cancels the timer of the close. */
    void end() {
        cancel(first);
    }

    private static void cancel(TimingWheel.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    private static long spread(long millis, double from, double to) {
        return (long)
                (millis * (from + (to - from) * ThreadLocalRandom.current().nextDouble()));
    }
}
