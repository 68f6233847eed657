package dev.heddle.edge.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.heddle.edge.bench.Samples;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TailTest {
    private static final UserKey ALICE = UserKey.of("alice");
    private static final UserKey BOB = UserKey.of("bob");
    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final HubConfig CONFIG = new HubConfig(1 << 20, 1 << 20, 1 << 20, 4096, 100, 1_000, 8, LINGER, 1);

    private final InMemoryEventLog log = new InMemoryEventLog(1);
    private final HubPartition partition = new HubPartition(0, CONFIG.joinRecords());
    private long nanoTime = 1;
    private final Tail tail = new Tail(
            log.openReader(LogReader.Use.TAIL),
            List.of(partition),
            new ByteBudget(CONFIG.windowBytes()),
            changed -> {},
            new HubEnvironment(CONFIG, new SilentObserver(), () -> nanoTime));

    /** A subscriber from the beginning of the log that counts its wake-ups. */
    private static final class CountingSubscriber implements Subscriber {
        private final UserKey user;
        private int wakeUps;
        private @Nullable EndReason ended;

        CountingSubscriber(UserKey user) {
            this.user = user;
        }

        @Override
        public UserKey user() {
            return user;
        }

        @Override
        public long offset() {
            return 0;
        }

        @Override
        public long endAtConnect() {
            return 0;
        }

        @Override
        public Executor loop() {
            return Runnable::run;
        }

        @Override
        public void advance() {
            wakeUps++;
        }

        @Override
        public void end(EndReason reason) {
            ended = reason;
        }
    }

    private CountingSubscriber subscribe(UserKey user) {
        CountingSubscriber subscriber = new CountingSubscriber(user);
        partition.attach(subscriber);
        tail.request(partition, log.extent(0).toCompletableFuture().join());
        tail.step(Duration.ZERO);
        subscriber.wakeUps = 0;
        return subscriber;
    }

    private void append(UserKey user, int records) {
        for (int i = 0; i < records; i++) {
            log.append(0, user, Samples.stored(user));
        }
    }

    @Test
    void theSubscribersOfABatchsUsersAreWokenOnceABatch() {
        CountingSubscriber alice = subscribe(ALICE);
        CountingSubscriber bob = subscribe(BOB);
        append(ALICE, 3);
        tail.step(Duration.ZERO);
        assertEquals(1, alice.wakeUps);
        assertEquals(0, bob.wakeUps);
        append(BOB, 1);
        tail.step(Duration.ZERO);
        assertEquals(1, alice.wakeUps);
        assertEquals(1, bob.wakeUps);
    }

    @Test
    void aSubscriberThatWaitsForTheTailIsWokenByEveryBatch() {
        CountingSubscriber alice = subscribe(ALICE);
        partition.waitForTail(alice);
        append(BOB, 1);
        tail.step(Duration.ZERO);
        assertEquals(1, alice.wakeUps);
        partition.stopWaiting(alice);
        append(BOB, 1);
        tail.step(Duration.ZERO);
        assertEquals(1, alice.wakeUps);
    }

    @Test
    void theSubscribersOfATruncatedPartitionAreEnded() {
        CountingSubscriber alice = subscribe(ALICE);
        append(ALICE, 3);
        tail.step(Duration.ZERO);
        log.truncate(0, 1);
        tail.step(Duration.ZERO);
        assertEquals(EndReason.LOG_CHANGED, alice.ended);
        assertNull(partition.window());
    }

    @Test
    void aPartitionWithoutSubscribersIsDroppedAfterTheLinger() {
        CountingSubscriber alice = subscribe(ALICE);
        partition.detach(alice, partition.chainOf(ALICE));
        tail.step(Duration.ZERO);
        nanoTime += LINGER.toNanos();
        tail.step(Duration.ZERO);
        assertNotNull(partition.window());
        nanoTime += 2;
        tail.step(Duration.ZERO);
        assertNull(partition.window());
        assertEquals(0, partition.users());
    }
}
