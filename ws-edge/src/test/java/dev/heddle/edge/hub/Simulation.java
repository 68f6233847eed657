package dev.heddle.edge.hub;

import dev.heddle.event.Partitioning;
import dev.heddle.event.UserKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * One seeded schedule: users publish, clients connect, stall, break and resume, the log expires, is cut and stalls, in
 * an order that the seed decides; every frame is judged as it arrives, every bound after every step. The whole hub runs
 * in the calling thread.
 */
final class Simulation {
    private static final int PARTITIONS = 2;
    private static final int USERS = 5;
    private static final int CLIENTS = 7;
    private static final int WINDOW_BYTES = 8 * 1024;
    private static final int FRAME_BYTES = 4 * 1024;
    private static final int CATCH_UP_BYTES = 8 * 1024;
    private static final int BLOCK_RECORDS = 8;

    /** What one poll may bring beyond a budget: 2 partitions of 7 records of at most this many bytes. */
    private static final int POLL_SLACK = 16 * 1024;

    private final Random random;
    private final InMemoryEventLog log = new InMemoryEventLog(PARTITIONS);
    private final Oracle oracle = new Oracle(log);
    private final List<UserKey> users = new ArrayList<>();
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final Map<UserKey, SimulatedAgent> agents = new HashMap<>();
    private final Loop[] loops = {new Loop(), new Loop()};
    private final CountingObserver observer = new CountingObserver();
    private final HubWorkers workers;
    private final Hub hub;
    private final int inFlightBytes;
    private final boolean lookBackIsWhole;
    private long nanoTime = 1;

    /** An event loop: its tasks run when the schedule says so. */
    private static final class Loop implements Executor {
        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        void runOne() {
            Runnable task = tasks.poll();
            if (task != null) {
                task.run();
            }
        }

        boolean isIdle() {
            return tasks.isEmpty();
        }
    }

    Simulation(long seed) {
        random = new Random(seed);
        int lookBackRecords = lookBackRecords();
        lookBackIsWhole = lookBackRecords >= 10_000;
        inFlightBytes = (4 << random.nextInt(4)) * 1024; // less than one large event, up to five
        HubConfig config = new HubConfig(
                WINDOW_BYTES,
                inFlightBytes,
                CATCH_UP_BYTES,
                FRAME_BYTES,
                random.nextInt(20),
                lookBackRecords,
                BLOCK_RECORDS,
                Duration.ofSeconds(1),
                1);
        HubEnvironment environment = new HubEnvironment(config, observer, () -> nanoTime);
        workers = new HubWorkers(log, environment);
        hub = new Hub(log, environment, workers);
        for (int i = 0; i < USERS; i++) {
            UserKey user = UserKey.of("user-" + i);
            users.add(user);
            agents.put(user, new SimulatedAgent(user, random));
        }
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new SimulatedClient(users.get(random.nextInt(USERS)), subscription(), oracle));
        }
    }

    private int lookBackRecords() {
        return random.nextInt(4) == 0 ? 1 + random.nextInt(30) : 10_000;
    }

    private Subscription subscription() {
        Set<Subscription.Option> options = EnumSet.noneOf(Subscription.Option.class);
        if (random.nextInt(3) == 0) {
            options.add(Subscription.Option.FOLD);
        }
        if (random.nextInt(3) == 0) {
            options.add(Subscription.Option.SNAPSHOT);
        }
        String thread = random.nextInt(5) == 0 ? "thread-1" : null;
        TypeFilter types = random.nextInt(5) == 0 ? TypeFilter.parse("RUN_*,TOOL_CALL_ARGS") : TypeFilter.ALL;
        return new Subscription(thread, null, types, options);
    }

    /** Runs the schedule, then lets everything come to rest and judges what is left. */
    void run(int steps) {
        for (int i = 0; i < random.nextInt(40); i++) {
            publish();
        }
        for (int i = 0; i < steps; i++) {
            step();
            judgeBounds();
        }
        rest();
    }

    private void step() {
        nanoTime += random.nextInt(40_000_000);
        int roll = random.nextInt(100);
        if (roll < 22) {
            publish();
        } else if (roll < 42) {
            workers.tail().step(Duration.ZERO);
        } else if (roll < 53) {
            stepCatchUp();
        } else if (roll < 57) {
            workers.backwardScan().step(Duration.ZERO);
        } else if (roll < 77) {
            loops[random.nextInt(loops.length)].runOne();
        } else if (roll < 93) {
            aClientActs(clients.get(random.nextInt(clients.size())));
        } else {
            theLogActs();
        }
    }

    private void stepCatchUp() {
        workers.catchUpReaders().forEach(reader -> reader.step(Duration.ZERO));
    }

    /** Has the tail go on from the end of a partition if it is behind at all. */
    private void skipToEnd(int partition) {
        workers.tail()
                .reportExtent(
                        partition, log.extent(partition).toCompletableFuture().join(), 0);
    }

    private void publish() {
        UserKey user = users.get(random.nextInt(USERS));
        int partition = Partitioning.partitionOf(user, PARTITIONS);
        int roll = random.nextInt(40);
        if (roll == 0) {
            log.append(partition, user, new byte[] {1, 2, 3});
        } else if (roll == 1) {
            log.append(1 - partition, user, event(user, 20));
        } else if (roll == 2) {
            log.gap(partition);
        } else {
            log.append(partition, user, event(user, roll == 3 ? 6000 : random.nextInt(200)));
        }
    }

    private byte[] event(UserKey user, int length) {
        return Objects.requireNonNull(agents.get(user)).next(length);
    }

    private void aClientActs(SimulatedClient client) {
        if (!client.isConnected()) {
            connect(client);
            return;
        }
        int roll = random.nextInt(10);
        if (roll < 3) {
            client.stall();
        } else if (roll < 6) {
            client.drain();
        } else if (roll < 7) {
            client.nextWrite(fate());
            client.bury();
        } else if (roll < 8) {
            client.session().refreshCursor();
        } else {
            client.disconnect();
        }
    }

    private SimulatedClient.NextWrite fate() {
        int roll = random.nextInt(12);
        if (roll == 0) {
            return SimulatedClient.NextWrite.THROWS;
        }
        return roll < 6 ? SimulatedClient.NextWrite.FAILS : SimulatedClient.NextWrite.ARRIVES;
    }

    private void connect(SimulatedClient client) {
        StartRequest request = request(client);
        CompletableFuture<Start> beginning =
                hub.begin(client.user(), client.subscription(), request).toCompletableFuture();
        for (int i = 0; i < 200 && !beginning.isDone(); i++) {
            log.stall(false);
            workers.backwardScan().step(Duration.ZERO);
        }
        Start start = beginning.join();
        if (request instanceof StartRequest.AtCursor at) {
            oracle.judgeResume(at.text(), client.user(), start);
        } else if (request instanceof StartRequest.Last last) {
            oracle.judgeLast(last.count(), start, lookBackIsWhole);
        } else if (!(start.resume() instanceof Resume.Fresh)) {
            throw new BrokenPromise(Promise.HONEST_RESUME, "no cursor was told " + start.resume());
        }
        Session session = hub.open(start, client.sink(), loops[random.nextInt(loops.length)]);
        client.hello(start, session);
        session.start();
    }

    private StartRequest request(SimulatedClient client) {
        String cursor = client.cursor();
        int roll = random.nextInt(20);
        if (cursor != null && roll < 14) {
            return new StartRequest.AtCursor(cursor);
        }
        return switch (roll % 6) {
            case 3 -> new StartRequest.Last(1 + random.nextInt(10));
            case 0 -> new StartRequest.Latest();
            case 1 -> new StartRequest.At(Instant.ofEpochMilli(1_000_000 + random.nextInt(50)));
            case 2 -> new StartRequest.AtCursor(someoneElsesCursor());
            default -> new StartRequest.Earliest();
        };
    }

    private String someoneElsesCursor() {
        String cursor = clients.get(random.nextInt(clients.size())).cursor();
        return cursor == null || random.nextInt(3) == 0 ? "garbage" : cursor;
    }

    private void theLogActs() {
        int partition = random.nextInt(PARTITIONS);
        InMemoryEventLog.Part part = log.part(partition);
        switch (random.nextInt(9)) {
            case 8 -> skipToEnd(partition);
            case 0 -> log.expire(partition, part.start + random.nextInt(10));
            case 1 -> cut(partition, part.end - random.nextInt(5));
            case 2, 3 -> log.elect(partition);
            case 4, 5 -> log.stall(true);
            default -> log.stall(false);
        }
    }

    /** An unclean election; readers notice at their next poll, before anything else is written. */
    private void cut(int partition, long from) {
        log.stall(false);
        for (int i = 0; i < 30; i++) {
            workers.tail().step(Duration.ZERO);
            stepCatchUp();
            workers.backwardScan().step(Duration.ZERO);
            runLoops();
        }
        log.truncate(partition, from);
        workers.tail().step(Duration.ZERO);
        runLoops();
    }

    private void judgeBounds() {
        clients.forEach(SimulatedClient::judge);
        if (hub.windowBytes().used() > WINDOW_BYTES + POLL_SLACK) {
            throw new BrokenPromise(
                    Promise.BOUNDED, "windows hold " + hub.windowBytes().used());
        }
        if (hub.windowBytes().used() < 0 || hub.credit().used() < 0) {
            throw new BrokenPromise(Promise.BOUNDED, "a budget was given back more than was taken");
        }
        if (hub.credit().used() > inFlightBytes) {
            throw new BrokenPromise(
                    Promise.BOUNDED,
                    "more credit is taken than there is: " + hub.credit().used());
        }
        long held = 0;
        for (SimulatedClient client : clients) {
            held += client.held(this::counted);
        }
        if (held > hub.credit().used()) {
            throw new BrokenPromise(
                    Promise.BOUNDED,
                    "frames in flight hold " + held + ", of which only "
                            + hub.credit().used() + " are counted");
        }
        if (observer.foreign() > 0) {
            throw new BrokenPromise(Promise.NOBODY_ELSES, "a foreign record came near a socket");
        }
    }

    /** What a frame counts at least: all of its part if it is larger than that. */
    private long counted(long bytes) {
        long amount = Credit.ofFrame(bytes);
        int quarter = inFlightBytes / 4;
        return Math.min(amount, amount <= 2 * FRAME_BYTES ? quarter : inFlightBytes - quarter);
    }

    private void runLoops() {
        while (!loops[0].isIdle() || !loops[1].isIdle()) {
            loops[0].runOne();
            loops[1].runOne();
        }
    }

    private void rest() {
        log.stall(false);
        for (int round = 0; round < 200; round++) {
            for (SimulatedClient client : clients) {
                client.nextWrite(SimulatedClient.NextWrite.ARRIVES);
                client.bury();
                if (client.isStalled()) {
                    client.drain();
                }
            }
            workers.tail().step(Duration.ZERO);
            stepCatchUp();
            workers.backwardScan().step(Duration.ZERO);
            runLoops();
            nanoTime += 30_000_000;
            judgeBounds();
        }
        for (SimulatedClient client : clients) {
            int partition = Partitioning.partitionOf(client.user(), PARTITIONS);
            client.judgeAtRest(log.part(partition).end);
        }
        leaveAll();
    }

    /** Without sessions, and after the linger, an edge holds nothing. */
    private void leaveAll() {
        for (SimulatedClient client : clients) {
            if (client.isConnected()) {
                client.disconnect();
            }
            client.bury();
        }
        for (int round = 0; round < 10; round++) {
            nanoTime += 600_000_000;
            workers.tail().step(Duration.ZERO);
            stepCatchUp();
            workers.backwardScan().step(Duration.ZERO);
            runLoops();
        }
        for (SessionState state : SessionState.values()) {
            if (hub.sessions().in(state) != 0) {
                throw new BrokenPromise(
                        Promise.NO_FAILURE, hub.sessions().in(state) + " sessions are counted as " + state);
            }
        }
        if (hub.windowBytes().used() != 0 || hub.credit().used() != 0 || hub.users() != 0) {
            throw new BrokenPromise(
                    Promise.BOUNDED,
                    "after everyone left, the hub holds " + hub.windowBytes().used() + " window bytes, "
                            + hub.credit().used() + " of the credit, " + hub.users() + " users");
        }
    }
}
