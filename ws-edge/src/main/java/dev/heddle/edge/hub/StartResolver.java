package dev.heddle.edge.hub;

import dev.heddle.event.Cursor;
import dev.heddle.event.MalformedCursorException;
import dev.heddle.event.Partitioning;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The decision on a client's start in the log, and on the continuation of its cursor. Thread-safe. It asks the
 * partition's leader every time: an edge's own memory cannot tell if a cursor is still valid.
 */
final class StartResolver {
    private static final int UNKNOWN_EPOCH = -1;

    private final EventLog log;
    private final HistorySearch history;

    /** The search through a partition from its newest record to older ones. Thread-safe. */
    @FunctionalInterface
    interface HistorySearch {
        void search(int partition, BackwardScan.Range range, BackwardScanRequest request);
    }

    StartResolver(EventLog log, HistorySearch history) {
        this.log = log;
        this.history = history;
    }

    /** The start of a client. Completes on any thread; fails when Kafka is away. */
    CompletionStage<Start> resolve(UserKey user, Subscription subscription, StartRequest request) {
        int partition = Partitioning.partitionOf(user, log.generation().partitions());
        Client client = new Client(user, subscription, partition);
        return log.extent(partition).thenCompose(extent -> {
            if (request instanceof StartRequest.AtCursor at) {
                return atCursor(client, at.text(), extent);
            } else if (request instanceof StartRequest.Earliest) {
                return done(fresh(client, earliest(extent), extent));
            } else if (request instanceof StartRequest.At at) {
                return log.offsetAt(partition, at.time())
                        .thenApply(offset -> fresh(client, before(offset, extent), extent));
            } else if (request instanceof StartRequest.Last last) {
                return last(client, last.count(), extent);
            }
            return done(client.start(atEnd(client, extent), extent, new Resume.Fresh()));
        });
    }

    private record Client(UserKey user, Subscription subscription, int partition) {
        Start start(Cursor cursor, EventLog.Extent extent, Resume resume) {
            return new Start(user, subscription, cursor, extent, resume);
        }
    }

    private static CompletionStage<Start> done(Start start) {
        return CompletableFuture.completedStage(start);
    }

    private Start fresh(Client client, Position position, EventLog.Extent extent) {
        return client.start(cursor(client, position), extent, new Resume.Fresh());
    }

    private Cursor cursor(Client client, Position position) {
        return Cursor.at(log.generation(), client.user(), position, 0);
    }

    /** The end of the log, with the snapshot pending if the client asks for one. */
    private Cursor atEnd(Client client, EventLog.Extent extent) {
        int flags = client.subscription().wants(Subscription.Option.SNAPSHOT) ? Cursor.SNAPSHOT_PENDING : 0;
        return Cursor.at(log.generation(), client.user(), latest(extent), flags);
    }

    private CompletionStage<Start> last(Client client, int count, EventLog.Extent extent) {
        LastEventsSearch search = new LastEventsSearch(client.user(), count);
        history.search(client.partition(), new BackwardScan.Range(extent.start(), extent.end()), search);
        return search.begin().thenApply(offset -> fresh(client, new Position(offset, UNKNOWN_EPOCH), extent));
    }

    private static Position earliest(EventLog.Extent extent) {
        return new Position(extent.start(), UNKNOWN_EPOCH);
    }

    private static Position latest(EventLog.Extent extent) {
        return new Position(extent.end(), extent.leaderEpoch());
    }

    private static Position before(long offset, EventLog.Extent extent) {
        return offset >= extent.end() ? latest(extent) : new Position(Math.max(offset, extent.start()), UNKNOWN_EPOCH);
    }

    private CompletionStage<Start> atCursor(Client client, String text, EventLog.Extent extent) {
        Cursor cursor;
        try {
            cursor = Cursor.parse(text);
        } catch (MalformedCursorException e) {
            return done(reset(client, Resume.Reason.MALFORMED, extent));
        }
        if (!cursor.belongsTo(client.user())) {
            return done(reset(client, Resume.Reason.FOREIGN, extent));
        }
        if (!cursor.generation().equals(log.generation())) {
            return done(reset(client, Resume.Reason.GENERATION, extent));
        }
        if (cursor.partition() != client.partition()) {
            return done(reset(client, Resume.Reason.MALFORMED, extent));
        }
        return ofThisLog(client, cursor, extent);
    }

    private CompletionStage<Start> ofThisLog(Client client, Cursor cursor, EventLog.Extent extent) {
        Position position = cursor.position();
        if (position.offset() < extent.start()) {
            Resume.Lost lost = new Resume.Lost(cursor, cursor(client, earliest(extent)));
            return done(fromEarliest(client, new Resume.Reset(Resume.Reason.RETENTION, lost), extent));
        }
        if (position.offset() > extent.end()) {
            return done(truncated(client, cursor, latest(extent), extent));
        }
        if (position.leaderEpoch() == UNKNOWN_EPOCH || position.leaderEpoch() == extent.leaderEpoch()) {
            return done(resumed(client, cursor, extent));
        }
        return log.agreement(client.partition(), position, extent)
                .thenApply(agreed -> agreed.offset() < position.offset()
                        ? truncated(client, cursor, agreed, extent)
                        : resumed(client, cursor, extent));
    }

    private static Start resumed(Client client, Cursor cursor, EventLog.Extent extent) {
        Cursor asIs = client.subscription().wants(Subscription.Option.SNAPSHOT) ? cursor : cursor.withFlags(0);
        return client.start(asIs, extent, new Resume.Resumed());
    }

    /** A reset of a client that has read records which the log has lost: it gets all records that the log keeps. */
    private Start truncated(Client client, Cursor cursor, Position agreed, EventLog.Extent extent) {
        Resume.Lost lost = new Resume.Lost(cursor(client, agreed), cursor);
        return fromEarliest(client, new Resume.Reset(Resume.Reason.TRUNCATED, lost), extent);
    }

    private Start fromEarliest(Client client, Resume resume, EventLog.Extent extent) {
        return client.start(cursor(client, earliest(extent)), extent, resume);
    }

    /** A reset of a client whose cursor is not of this user and log: it goes on from the end. */
    private Start reset(Client client, Resume.Reason reason, EventLog.Extent extent) {
        Cursor end = atEnd(client, extent);
        Resume.Lost lost = new Resume.Lost(cursor(client, earliest(extent)), end);
        return client.start(end, extent, new Resume.Reset(reason, lost));
    }
}
