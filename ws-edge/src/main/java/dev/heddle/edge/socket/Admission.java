package dev.heddle.edge.socket;

import dev.heddle.auth.KeyWaitLimit;
import dev.heddle.event.UserKey;
import dev.heddle.port.GuardedConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The counts that all event loops share: connections in all, by address and by user, the rates of requests and
 * commands, and the bounds on tokens that wait for keys. Any thread.
 */
final class Admission {

    /**
     * The most sessions whose new tokens wait for keys at once; a token typically fills less than a tenth of its place.
     */
    private static final int MAX_RENEWALS = 4_096;

    /**
     * The longest wait of a renewal for its key. The session keeps its present token meanwhile, whose end is the real
     * bound.
     */
    private static final Duration RENEWAL_PATIENCE = Duration.ofHours(1);

    private final LimitsConfig limits;
    private final KeyWaitLimit newcomers;
    private final KeyWaitLimit sessions;
    private final RateTable<String> connects;
    private final RateTable<UserKey> commands;
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<String, Integer> addresses = new ConcurrentHashMap<>();
    private final Map<UserKey, List<Member>> users = new ConcurrentHashMap<>();

    /** A connection that can be told to end. */
    interface Member {
        /** A newer connection of the same user takes this one's place. Any thread; must not block. */
        void replaced();

        /**
         * The user's tokens issued up to some moment have been revoked; perhaps this one's. Any thread; must not block.
         */
        void revoked();
    }

    Admission(LimitsConfig limits, Duration requestTimeout) {
        this.limits = limits;
        // Half of the sockets at most: requests with a known key find a place beside them.
        this.newcomers = new KeyWaitLimit((limits.unauthenticated() + 1) / 2, requestTimeout);
        this.sessions = new KeyWaitLimit(Math.min(limits.connections(), MAX_RENEWALS), RENEWAL_PATIENCE);
        this.connects = new RateTable<>(limits.connectsPerSecond(), limits.connectBurst(), System::nanoTime);
        this.commands = new RateTable<>(limits.commandsPerSecond(), limits.commandBurst(), System::nanoTime);
    }

    /** The bound on tokens of requests that wait for an unknown key. */
    KeyWaitLimit newcomers() {
        return newcomers;
    }

    /** The bound on tokens of sessions that wait for an unknown key; requests take no place in it. */
    KeyWaitLimit sessions() {
        return sessions;
    }

    /** Counts a request from this address; false if it exceeds the rate. */
    boolean mayAsk(String address) {
        return connects.take(address);
    }

    /** Counts a command of this user; false if it exceeds the rate. */
    boolean mayCommand(UserKey user) {
        return commands.take(user);
    }

    /**
     * Counts a connection; false if there is no room for it, and then it does not count. The place is free again when
     * the connection has ended.
     */
    boolean enter(String address, GuardedConnection connection) {
        if (connections.incrementAndGet() > limits.connections()) {
            connections.decrementAndGet();
            return false;
        }
        if (addresses.merge(address, 1, Integer::sum) > limits.connectionsPerAddress()) {
            leave(address);
            return false;
        }
        connection.whenClosed(() -> leave(address));
        return true;
    }

    private void leave(String address) {
        connections.decrementAndGet();
        addresses.computeIfPresent(address, (key, count) -> count > 1 ? count - 1 : null);
    }

    /** The number of admitted connections that have not ended. */
    int connections() {
        return connections.get();
    }

    /** Adds a user's connection, and returns the user's oldest one if that is now one too many. */
    @Nullable
    Member join(UserKey user, Member member) {
        Member[] oldest = new Member[1];
        users.compute(user, (key, present) -> {
            List<Member> members = present == null ? new ArrayList<>() : new ArrayList<>(present);
            if (members.size() >= limits.connectionsPerUser()) {
                oldest[0] = members.remove(0);
            }
            members.add(member);
            return List.copyOf(members);
        });
        return oldest[0];
    }

    /**
     * Tells a user's connections that tokens have been revoked. A connection that joins later asks the revocations
     * itself.
     */
    void revoked(UserKey user) {
        users.getOrDefault(user, List.of()).forEach(Member::revoked);
    }

    /** Takes a user's connection out. Idempotent. */
    void quit(UserKey user, Member member) {
        users.computeIfPresent(user, (key, present) -> {
            List<Member> members = new ArrayList<>(present);
            members.remove(member);
            return members.isEmpty() ? null : List.copyOf(members);
        });
    }
}
