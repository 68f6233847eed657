package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.edge.command.AgentsView;
import dev.heddle.edge.protocol.ServerFrame.Agents.Extent;
import dev.heddle.event.Availability;
import dev.heddle.event.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AgentsFeedTest {

    private static final int MAX_FRAME_BYTES = 256 * 1024;

    private static List<AgentsView.Agent> agents(int count, String description) {
        return IntStream.range(0, count)
                .mapToObj(i -> new AgentsView.Agent("agent-" + i, Availability.AVAILABLE, description))
                .toList();
    }

    @Test
    void manyAgentsAreSeveralFramesOfWhichTheFirstIsAllAndTheOthersAreChanges() {
        for (String text : List.of("d", "\u0001", "\ud83d\ude00")) {
            List<byte[]> frames = AgentsFeed.frames(Extent.ALL, agents(1_000, text.repeat(5_000)));
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < frames.size(); i++) {
                assertTrue(frames.get(i).length <= MAX_FRAME_BYTES, frames.get(i).length + " bytes");
                JsonNode frame = Json.parseObject(frames.get(i));
                assertEquals(i == 0, frame.path("complete").asBoolean());
                frame.path("agents")
                        .forEach(agent -> seen.add(agent.path("agentId").asText()));
            }
            assertTrue(frames.size() > 1);
            assertEquals(
                    agents(1_000, "").stream().map(AgentsView.Agent::agentId).toList(), seen);
        }
    }

    @Test
    void noAgentsAreOneFrame() {
        assertEquals(1, AgentsFeed.frames(Extent.ALL, List.of()).size());
        assertEquals(1, AgentsFeed.frames(Extent.CHANGED, agents(3, "d")).size());
    }

    @Test
    void aDescriptionIsCutBetweenCharacters() {
        String text = "x" + "\ud83d\ude00".repeat(2_000);
        String cut = String.valueOf(new AgentsView.Agent("a", Availability.BUSY, text).description());
        assertTrue(text.startsWith(cut));
        assertEquals(1_999, cut.length());
    }
}
