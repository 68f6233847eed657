package dev.heddle.langchain4j;

import static dev.heddle.langchain4j.Rig.asking;
import static dev.heddle.langchain4j.Rig.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.AgentProvider;
import dev.heddle.agents.AgentSpec;
import dev.heddle.config.InvalidSettingException;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import dev.heddle.testing.KafkaFixture;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The agent that configuration alone makes. */
class ConfiguredAgentsTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static AssistantConfig with(String... sets) {
        return Settings.load(
                AssistantConfig.class,
                AssistantConfig.defaults(),
                SettingsSources.of(ConfiguredAgents.ROLE, null, List.of(sets)));
    }

    @Test
    void executorsFindItAndThereIsNoneUnlessItIsConfigured() {
        List<AgentProvider> found = ServiceLoader.load(AgentProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(ConfiguredAgents.class::isInstance)
                .toList();
        assertEquals(1, found.size());
        assertEquals(List.of(), List.copyOf(found.get(0).agents()));
    }

    @Test
    void aBadSettingIsNamed() {
        assertNamed("model.name must be set", "model.baseUrl=http://127.0.0.1:1/v1");
        assertNamed("http or https", "model.baseUrl=ftp://x", "model.name=m");
        AssistantConfig noKey =
                with("model.baseUrl=http://127.0.0.1:1/v1", "model.name=m", "model.keyFile=/nowhere/key");
        InvalidSettingException failure =
                assertThrows(InvalidSettingException.class, () -> ConfiguredAgents.offered(noKey));
        assertTrue(String.valueOf(failure.getMessage()).contains("/nowhere/key"), failure.toString());
    }

    private static void assertNamed(String expected, String... sets) {
        InvalidSettingException failure = assertThrows(InvalidSettingException.class, () -> with(sets));
        assertTrue(String.valueOf(failure.getMessage()).contains(expected), failure.toString());
    }

    @Test
    void itAnswersWithItsInstructionsAndTheConversation() throws Exception {
        try (Rig rig = new Rig(KAFKA)) {
            rig.server.answerWith((request, answer) -> answer.text("Fine.").done("stop"));
            AgentSpec spec = ConfiguredAgents.offered(with(
                            "agent.id=helper",
                            "agent.instructions=Be brief.",
                            "model.baseUrl=" + rig.server.baseUrl(),
                            "model.name=small"))
                    .iterator()
                    .next();
            assertEquals("helper", spec.id());
            ObjectNode input = asking("Hello");
            input.withArray("/messages")
                    .addObject()
                    .put("id", "2")
                    .put("role", "assistant")
                    .put("content", "Hi.");
            input.withArray("/messages")
                    .addObject()
                    .put("id", "3")
                    .put("role", "user")
                    .put("content", "How are you?");
            List<ObjectNode> events = rig.run(spec.factory().get(), input);
            assertEquals("Fine.", joined(events, "TEXT_MESSAGE_CONTENT"));
            JsonNode sent = rig.server.requests().get(0);
            assertEquals("small", sent.path("model").asText());
            List<String> said = sent.path("messages")
                    .valueStream()
                    .map(message -> message.path("role").asText() + ": "
                            + message.path("content").asText())
                    .toList();
            assertEquals(List.of("system: Be brief.", "user: Hello", "assistant: Hi.", "user: How are you?"), said);
        }
    }
}
