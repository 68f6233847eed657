package dev.heddle.edge.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.edge.protocol.ClientFrame;
import dev.heddle.edge.protocol.RejectCode;
import dev.heddle.event.AgentCommand;
import dev.heddle.event.Json;
import dev.heddle.event.RunCancel;
import dev.heddle.event.RunIds;
import dev.heddle.event.RunResume;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandIntakeTest {

    private static final UserKey ALICE = UserKey.of("alice");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final CommandIntake intake = new CommandIntake("echo"::equals, Clock.fixed(NOW, ZoneOffset.UTC));

    private CommandIntake.Result read(String body) {
        return intake.read(ALICE, new ClientFrame.Command("c1", Json.parseObject(body)));
    }

    private AgentCommand ready(String body) {
        return assertInstanceOf(CommandIntake.Result.Ready.class, read(body)).command();
    }

    @Test
    void aStartCarriesItsInputAsItCame() {
        RunStart start = assertInstanceOf(RunStart.class, ready("""
                        {"command":"run.start","agentId":"echo","threadId":"t","runId":"r","input":
                         {"messages":[{"id":"m","role":"user","content":"hi"}],"state":null,"forwardedProps":{"n":1.50},
                          "tools":[{"name":"a","description":"b"}],"context":[{"description":"a","value":"b"}]}}"""));
        assertEquals("r", start.header().runId());
        assertEquals(ALICE, start.header().user());
        assertEquals(NOW, start.header().issuedAt());
        assertTrue(start.input().toString().contains("\"n\":1.50"));
    }

    @Test
    void aRunIdLeftOutIsDerivedFromUserAndCommand() {
        String body =
                "{\"command\":\"run.resume\",\"threadId\":\"t\",\"resume\":[{\"interruptId\":\"i\",\"status\":\"resolved\"}]}";
        RunResume resume = assertInstanceOf(RunResume.class, ready(body));
        assertEquals(RunIds.derive(ALICE, "c1"), resume.header().runId());
    }

    @Test
    void aCancelNamesItsRun() {
        assertInstanceOf(RunCancel.class, ready("{\"command\":\"run.cancel\",\"threadId\":\"t\",\"runId\":\"r\"}"));
    }

    @Test
    void anAgentThatNobodyOffersIsUnknown() {
        CommandIntake.Result.Refused refused = assertInstanceOf(
                CommandIntake.Result.Refused.class,
                read("{\"command\":\"run.start\",\"agentId\":\"x\",\"threadId\":\"t\",\"input\":{\"messages\":[]}}"));
        assertEquals(RejectCode.UNKNOWN_AGENT, refused.code());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"command\":\"run.start\"}",
                "{\"command\":\"run.fly\",\"threadId\":\"t\"}",
                "{\"command\":\"run.cancel\",\"threadId\":\"t\"}",
                "{\"command\":\"run.cancel\",\"threadId\":\"t\",\"runId\":null}",
                "{\"command\":\"run.cancel\",\"threadId\":\"\",\"runId\":\"r\"}",
                "{\"command\":\"run.cancel\",\"threadId\":\"\\udc00\",\"runId\":\"r\"}",
                "{\"command\":\"run.resume\",\"threadId\":\"t\"}",
                "{\"command\":\"run.resume\",\"threadId\":\"t\",\"resume\":[]}",
                "{\"command\":\"run.resume\",\"threadId\":\"t\",\"resume\":[{\"interruptId\":\"i\",\"status\":\"maybe\"}]}",
                "{\"command\":\"run.start\",\"agentId\":\"echo\",\"threadId\":\"t\"}",
                "{\"command\":\"run.start\",\"agentId\":\"echo\",\"threadId\":\"t\",\"input\":[]}",
                "{\"command\":\"run.start\",\"agentId\":\"echo\",\"threadId\":\"t\",\"input\":{}}",
                "{\"command\":\"run.start\",\"agentId\":\"echo\",\"threadId\":\"t\",\"input\":{\"messages\":[{\"role\":\"user\"}]}}",
                "{\"command\":\"run.start\",\"agentId\":\"echo\",\"threadId\":\"t\",\"input\":{\"messages\":[{\"id\":\"m\",\"role\":\"king\"}]}}",
                "{\"command\":\"run.start\",\"agentId\":\"echo\",\"threadId\":\"t\",\"input\":{\"messages\":[],\"tools\":{}}}",
                "{\"command\":\"run.start\",\"agentId\":\"echo\",\"threadId\":\"t\",\"input\":{\"messages\":[],\"context\":[1]}}",
                "{\"command\":\"run.start\",\"agentId\":\"echo\",\"threadId\":\"t\",\"input\":{\"messages\":[],\"runId\":\"r\"}}"
            })
    void whatNoExecutorCouldCarryOutIsInvalid(String body) {
        assertEquals(
                RejectCode.INVALID,
                assertInstanceOf(CommandIntake.Result.Refused.class, read(body)).code());
    }
}
