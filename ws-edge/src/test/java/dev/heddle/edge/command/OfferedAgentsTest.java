package dev.heddle.edge.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.AgentOffer;
import dev.heddle.event.Availability;
import dev.heddle.event.ExecutorStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OfferedAgentsTest {

    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

    private final OfferedAgents registry = new OfferedAgents();

    private void announce(String executor, Availability status, Instant at) {
        AgentOffer offer = new AgentOffer("echo", status, executor.equals("a") ? "from a" : null, 0);
        registry.announced(new ExecutorStatus(executor, at, Duration.ofSeconds(10), List.of(offer)), at, at);
    }

    private Availability status() {
        return registry.view().agents().values().iterator().next().status();
    }

    @Test
    void anAgentIsAsGoodAsItsBestExecutor() {
        announce("a", Availability.BUSY, T0);
        announce("b", Availability.AVAILABLE, T0);
        assertEquals(
                new AgentsView.Agent("echo", Availability.AVAILABLE, "from a"),
                registry.view().agents().get("echo"));
        registry.withdrawn("b", T0);
        assertEquals(Availability.BUSY, status());
    }

    @Test
    void afterThreeMissedAnnouncementsAnAgentIsUnavailableButKnownForAWhile() {
        announce("a", Availability.AVAILABLE, T0);
        registry.refresh(T0.plusSeconds(29));
        assertEquals(Availability.AVAILABLE, status());
        registry.refresh(T0.plusSeconds(31));
        assertEquals(Availability.UNAVAILABLE, status());
        assertTrue(registry.knows("echo"));
        registry.refresh(T0.plus(ExecutorStatus.MEMORY).plusSeconds(1));
        assertFalse(registry.knows("echo"));
    }

    @Test
    void listenersAreToldOnlyOfChangesAndEachChangeIsTheDifference() {
        List<AgentsView> told = new ArrayList<>();
        registry.subscribe(told::add);
        AgentsView empty = registry.view();
        announce("a", Availability.AVAILABLE, T0);
        announce("a", Availability.AVAILABLE, T0.plusSeconds(10));
        announce("a", Availability.BUSY, T0.plusSeconds(20));
        registry.withdrawn("a", T0.plusSeconds(20));
        assertEquals(List.of(1L, 2L, 3L), told.stream().map(AgentsView::version).toList());
        assertEquals(
                List.of(new AgentsView.Agent("echo", Availability.AVAILABLE, "from a")),
                told.get(0).changesSince(empty));
        assertEquals(
                List.of(new AgentsView.Agent("echo", Availability.UNAVAILABLE, null)),
                told.get(2).changesSince(told.get(1)));
        assertEquals(List.of(), told.get(2).changesSince(told.get(2)));
    }
}
