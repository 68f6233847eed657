package dev.heddle.edge.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.event.AgentOffer;
import dev.heddle.event.Availability;
import dev.heddle.event.ExecutorStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random schedules of executors that come, change, leave and die, of edges that start in the middle of it, and of
 * clients that connect to them: all end with the same status. A failure names its seed.
 */
class AgentSchedulesTest {

    private static final int SCHEDULES = 1_000;
    private static final int STEPS = 60;
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final List<Availability> STATUSES = List.of(Availability.values());

    /** A client: what it was told whole, and each change after it. */
    private static final class Client {
        private final Map<String, Availability> known = new TreeMap<>();

        private void all(AgentsView view) {
            known.clear();
            view.agents().values().forEach(agent -> known.put(agent.agentId(), agent.status()));
        }

        private void changes(List<AgentsView.Agent> changes) {
            changes.forEach(agent -> known.put(agent.agentId(), agent.status()));
        }

        /** An agent that is not on offer and one that was never heard of are the same to a client. */
        private Map<String, Availability> onOffer() {
            Map<String, Availability> offered = new TreeMap<>(known);
            offered.values().removeIf(status -> status == Availability.UNAVAILABLE);
            return offered;
        }
    }

    /** An edge with its clients; they are told in the way of an event loop's feed. */
    private static final class EdgeUnderTest {
        private final OfferedAgents registry = new OfferedAgents();
        private final List<Client> clients = new ArrayList<>();
        private AgentsView told = registry.view();

        private EdgeUnderTest() {
            registry.subscribe(view -> {
                List<AgentsView.Agent> changes = view.changesSince(told);
                told = view;
                clients.forEach(client -> client.changes(changes));
            });
        }

        private void connect() {
            Client client = new Client();
            client.all(told);
            clients.add(client);
        }
    }

    private record Written(@Nullable ExecutorStatus status, Instant at) {}

    /** The compacted topic: the last word of each executor, in the order in which they were written. */
    private static final class Topic {
        private final Map<String, Written> last = new LinkedHashMap<>();
        private final List<EdgeUnderTest> readers = new ArrayList<>();

        private void write(String executor, @Nullable ExecutorStatus status, Instant now) {
            last.remove(executor);
            last.put(executor, new Written(status, now));
            readers.forEach(edge -> apply(edge, executor, new Written(status, now), now));
        }

        private EdgeUnderTest startEdge(Instant now) {
            EdgeUnderTest edge = new EdgeUnderTest();
            last.forEach((executor, written) -> apply(edge, executor, written, now));
            readers.add(edge);
            edge.connect();
            return edge;
        }

        private static void apply(EdgeUnderTest edge, String executor, Written written, Instant now) {
            ExecutorStatus status = written.status();
            if (status == null) {
                edge.registry.withdrawn(executor, now);
            } else {
                edge.registry.announced(status, written.at(), now);
            }
        }
    }

    @Test
    void whoConnectsLateEndsWithTheStatusOfWhoWasThereFromTheStart() {
        for (int seed = 0; seed < SCHEDULES; seed++) {
            run(seed);
        }
    }

    private static void run(int seed) {
        Random random = new Random(seed);
        Topic topic = new Topic();
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        EdgeUnderTest first = topic.startEdge(now);
        for (int step = 0; step < STEPS; step++) {
            now = now.plusMillis(random.nextInt(12_000));
            String executor = "executor-" + random.nextInt(4);
            switch (random.nextInt(10)) {
                case 0 -> topic.write(executor, null, now);
                case 1 -> topic.startEdge(now);
                case 2, 3 ->
                    topic.readers.get(random.nextInt(topic.readers.size())).connect();
                default -> topic.write(executor, status(executor, now, random), now);
            }
            for (EdgeUnderTest edge : topic.readers) {
                edge.registry.refresh(now);
            }
        }
        Map<String, Availability> expected = first.clients.get(0).onOffer();
        for (EdgeUnderTest edge : topic.readers) {
            assertEquals(first.registry.view().agents(), edge.registry.view().agents(), "seed " + seed);
            for (Client client : edge.clients) {
                assertEquals(expected, client.onOffer(), "seed " + seed);
            }
        }
    }

    private static ExecutorStatus status(String executor, Instant now, Random random) {
        List<AgentOffer> offers = new ArrayList<>();
        for (String agent : List.of("echo", "planner", "approval")) {
            if (random.nextInt(3) > 0) {
                Availability status = STATUSES.get(random.nextInt(STATUSES.size()));
                offers.add(new AgentOffer(agent, status, random.nextBoolean() ? "what it does" : null, 0));
            }
        }
        return new ExecutorStatus(executor, now, EVERY, offers);
    }
}
