package dev.heddle.edge.http;

import static dev.heddle.edge.http.AgUiRequests.begin;
import static dev.heddle.edge.http.AgUiRequests.end;
import static dev.heddle.edge.http.AgUiRequests.finished;
import static dev.heddle.edge.http.AgUiRequests.input;
import static dev.heddle.edge.http.AgUiRequests.started;
import static dev.heddle.edge.http.AgUiRequests.text;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.edge.http.HttpPeer.End;
import dev.heddle.edge.http.HttpPeer.Told;
import dev.heddle.edge.socket.EdgeRig;
import dev.heddle.event.Json;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs over AG-UI's HTTP binding: started, told, attached to, continued and cancelled. */
class AgUiRunTest {

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    static EdgeRig rig;
    static AgUiRequests agui;

    @BeforeAll
    static void start(@TempDir Path directory) {
        rig = EdgeRig.start(KAFKA.bootstrapServers(), TokenSigner.ellipticIn(directory));
        agui = new AgUiRequests(rig);
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static List<String> types(List<Told> told) {
        return told.stream().map(Told::type).toList();
    }

    private static void publishRun(String user, String thread, String run) {
        agui.publish(
                user,
                thread,
                run,
                0,
                started(thread, run),
                begin("m-" + run),
                text("m-" + run, "Hel"),
                text("m-" + run, "lo"),
                end("m-" + run),
                finished(thread, run));
    }

    @Test
    void aPostStartsARunAndIsAnsweredWithItsEventsUntilTheLast() {
        try (HttpPeer peer = agui.post("/v1/agui/echo", "poster", input("t", "r 1/ü"))) {
            peer.head();
            assertEquals(200, peer.status());
            assertEquals("text/event-stream", peer.header("content-type"));
            assertEquals("no-store", peer.header("cache-control"));
            assertEquals("no", peer.header("x-accel-buffering"));
            assertEquals("r%201%2F%C3%BC", peer.header("x-run-id"));
            publishRun("poster", "t", "another");
            publishRun("poster", "t", "r 1/ü");
            List<Told> told = peer.all();
            assertEquals(
                    List.of(
                            "RUN_STARTED",
                            "TEXT_MESSAGE_START",
                            "TEXT_MESSAGE_CONTENT",
                            "TEXT_MESSAGE_CONTENT",
                            "TEXT_MESSAGE_END",
                            "RUN_FINISHED"),
                    types(told));
            assertEquals("r 1/ü", told.get(0).event().path("runId").asText());
            assertTrue(told.stream().allMatch(one -> one.id() != null));
            assertEquals(6, told.stream().map(Told::id).distinct().count());
            assertEquals(End.CLEAN, peer.end());
        }
    }

    @Test
    void theSameRunAgainAttachesAndALastEventIdContinuesStrictlyAfterIt() {
        publishRun("again", "t", "r");
        List<Told> whole;
        try (HttpPeer peer = agui.post("/v1/agui/echo", "again", input("t", "r"))) {
            whole = peer.head().all();
            assertEquals(6, whole.size());
        }
        for (int i = 0; i < whole.size(); i++) {
            String id = requireNonNull(whole.get(i).id());
            for (boolean posts : new boolean[] {true, false}) {
                try (HttpPeer peer = posts
                        ? agui.post("/v1/agui/echo", "again", input("t", "r"), "Last-Event-ID: " + id)
                        : agui.send("GET", "/v1/agui/echo?runId=r&offset=" + id, "again")) {
                    assertEquals(whole.subList(i + 1, whole.size()), peer.head().all());
                    assertEquals(End.CLEAN, peer.end());
                }
            }
        }
        for (String path :
                List.of("/v1/agui/echo/runs/r", "/v1/agui/echo?runId=r", "/v1/agui/echo?runId=r&offset=-1")) {
            try (HttpPeer peer = agui.send("GET", path, "again")) {
                assertEquals(whole, peer.head().all());
            }
        }
        try (HttpPeer peer = agui.send("GET", "/v1/agui/echo/runs/r?offset=garbage", "again")) {
            assertEquals(whole, peer.head().all(), "a cursor that cannot be continued gives the whole run");
        }
    }

    @Test
    void anotherUsersCursorGivesTheWholeRunAndNothingOfTheirs() {
        publishRun("mallory", "t", "r");
        publishRun("victim", "t", "r");
        String theirs;
        try (HttpPeer peer = agui.send("GET", "/v1/agui/echo/runs/r", "victim")) {
            theirs = requireNonNull(requireNonNull(peer.head().next()).id());
        }
        try (HttpPeer peer = agui.send("GET", "/v1/agui/echo/runs/r", "mallory", "Last-Event-ID: " + theirs)) {
            assertEquals(6, peer.head().all().size());
        }
        try (HttpPeer peer = agui.send("GET", "/v1/agui/echo/runs/r", "nobody")) {
            assertEquals(404, peer.head().status());
            assertEquals(
                    "unknown_run", Json.parseObject(peer.body()).path("code").asText());
        }
    }

    @Test
    void twoRequestsForOneRunAreOneRunAndBothAreTold() {
        try (HttpPeer one = agui.post("/v1/agui/echo", "twice", input("t", "r"));
                HttpPeer two = agui.post("/v1/agui/echo", "twice", input("t", "r"))) {
            assertEquals(200, one.head().status());
            assertEquals(200, two.head().status());
            publishRun("twice", "t", "r");
            assertEquals(one.all(), two.all());
        }
    }

    @Test
    void aRunIdOfAnotherThreadOrAgentIsAConflict() {
        publishRun("conflict", "t1", "r");
        try (HttpPeer peer = agui.post("/v1/agui/echo", "conflict", input("t2", "r"))) {
            assertEquals(409, peer.head().status());
            assertEquals(
                    "run_conflict", Json.parseObject(peer.body()).path("code").asText());
        }
        try (HttpPeer peer = agui.post("/v1/agui/other", "conflict", input("t1", "r"))) {
            assertEquals(409, peer.head().status());
        }
        try (HttpPeer peer = agui.send("GET", "/v1/agui/other/runs/r", "conflict")) {
            assertEquals(404, peer.head().status());
        }
    }

    @Test
    void aCommandThatIsRefusedLaterEndsTheAnswerWithItsCode() {
        AgUiInput asked = AgUiInput.parse(input("t", "r").toString().getBytes(StandardCharsets.UTF_8));
        for (int round = 0; round < 2; round++) {
            try (HttpPeer peer = agui.post("/v1/agui/echo", "refused", input("t", "r"))) {
                assertEquals(200, peer.head().status());
                if (round == 0) {
                    refuse("refused", "t", "another-command", "expired");
                    refuse("refused", "t", asked.commandId("echo"), "rate_limited");
                }
                List<Told> told = peer.all();
                assertEquals(List.of("RUN_ERROR"), types(told));
                assertEquals("rate_limited", told.get(0).event().path("code").asText());
                assertNull(told.get(0).id());
                assertEquals(End.CLEAN, peer.end());
            }
        }
    }

    private static void refuse(String user, String thread, String command, String code) {
        ObjectNode event = EdgeRig.event("CUSTOM").put("name", "heddle.command");
        event.putObject("value").put("id", command).put("status", "rejected").put("code", code);
        rig.publish(user, thread, null, event);
    }

    @Test
    void answersToInterruptsThatNobodyAskedOrThatWereGivenAreAConflict() {
        ObjectNode asking = finished("t", "asking");
        asking.putObject("outcome")
                .put("type", "interrupt")
                .putArray("interrupts")
                .addObject()
                .put("id", "i1")
                .put("reason", "approval");
        agui.publish("asked", "t", "asking", 0, started("t", "asking"), asking);
        assertEquals(409, answer("r1", "unknown").status());
        HttpPeer accepted = answer("r2", "i1");
        assertEquals(200, accepted.status());
        ObjectNode begun = started("t", "r2");
        ObjectNode answered = begun.putObject("input").put("threadId", "t").put("runId", "r2");
        answered.putArray("messages");
        answered.putArray("resume").addObject().put("interruptId", "i1").put("status", "resolved");
        agui.publish("asked", "t", "r2", 0, begun);
        assertNotNull(accepted.next());
        HttpPeer settled = answer("r3", "i1");
        assertEquals(409, settled.status());
        assertEquals(
                "already_resolved",
                Json.parseObject(settled.body()).path("code").asText());
        assertEquals(200, answer("r2", "i1").status(), "the same answer again attaches to its run");
    }

    private static HttpPeer answer(String run, String interrupt) {
        ObjectNode input = input("t", run);
        input.putArray("resume").addObject().put("interruptId", interrupt).put("status", "resolved");
        return agui.post("/v1/agui/echo", "asked", input).head();
    }

    @Test
    void aRunWhoseBeginningTheLogHasLostBeginsWithAPreludeWithoutIds() {
        agui.publish("lost", "t", "r", 7, text("m", "lo"), end("m"), finished("t", "r"));
        try (HttpPeer peer = agui.send("GET", "/v1/agui/echo/runs/r", "lost")) {
            List<Told> told = peer.head().all();
            assertEquals(
                    List.of(
                            "RUN_STARTED",
                            "TEXT_MESSAGE_START",
                            "TEXT_MESSAGE_CONTENT",
                            "TEXT_MESSAGE_END",
                            "RUN_FINISHED"),
                    types(told));
            assertFalse(told.get(0).event().has("input"));
            assertNull(told.get(0).id());
            assertNull(told.get(1).id());
            assertNotNull(told.get(2).id());
        }
    }

    @Test
    void aClientOfOldIsToldInItsTermsAndANewOneExactlyWhatIsStored() {
        ObjectNode begun = started("t", "r");
        begun.putObject("input").put("threadId", "t").put("runId", "r").putArray("messages");
        ObjectNode result = EdgeRig.event("TOOL_CALL_RESULT")
                .put("messageId", "m")
                .put("toolCallId", "c")
                .put("role", "tool");
        result.putArray("content").addObject().put("type", "text").put("text", "42");
        ObjectNode cancelled = finished("t", "r");
        cancelled.putObject("outcome").put("type", "cancelled");
        List<ObjectNode> stored = List.of(begun, EdgeRig.event("BRAND_NEW"), result, cancelled);
        agui.publish("dialects", "t", "r", 0, stored.toArray(ObjectNode[]::new));
        List<ObjectNode> expected = new ArrayList<>();
        ObjectNode withTools = begun.deepCopy();
        withTools.withObject("/input").putArray("tools");
        withTools.withObject("/input").putArray("context");
        expected.add(withTools);
        expected.add(result.deepCopy().put("content", "42"));
        expected.add(cancelled.deepCopy().without(List.of("outcome")));
        try (HttpPeer old = agui.send("GET", "/v1/agui/echo/runs/r", "dialects");
                HttpPeer now = agui.send("GET", "/v1/agui/echo/runs/r?protocolVersion=1.0", "dialects");
                HttpPeer posted =
                        agui.post("/v1/agui/echo", "dialects", input("t", "r").put("protocolVersion", "1.0"))) {
            assertEquals(expected, old.head().all().stream().map(Told::event).toList());
            assertEquals(stored, now.head().all().stream().map(Told::event).toList());
            assertEquals(stored, posted.head().all().stream().map(Told::event).toList());
        }
    }

    @Test
    void aDeleteCancelsARunAndSaysSoAgainWhenItHasEnded() {
        agui.publish("canceller", "t", "r", 0, started("t", "r"));
        for (int round = 0; round < 2; round++) {
            try (HttpPeer peer = agui.send("DELETE", "/v1/agui/echo/runs/r", "canceller")) {
                assertEquals(202, peer.head().status());
            }
            agui.publish("canceller", "t", "r", 1, finished("t", "r"));
        }
        for (String path : List.of("/v1/agui/echo/runs/none", "/v1/agui/other/runs/r")) {
            try (HttpPeer peer = agui.send("DELETE", path, "canceller")) {
                assertEquals(404, peer.head().status());
            }
        }
        try (HttpPeer peer = agui.send("DELETE", "/v1/agui/echo/runs/none?threadId=t", "canceller")) {
            assertEquals(202, peer.head().status(), "a run that waits has no event yet");
        }
    }

    @Test
    void aClientOfHttp10IsToldUntilTheConnectionEnds() {
        publishRun("old", "t", "r");
        try (HttpPeer peer = new HttpPeer(rig.port())
                .send(
                        "GET /v1/agui/echo/runs/r HTTP/1.0",
                        List.of("Authorization: Bearer " + rig.tokens().token("old")),
                        new byte[0])) {
            assertEquals(6, peer.head().all().size());
            assertEquals("", peer.header("transfer-encoding"));
            assertEquals(End.CLEAN, peer.end());
        }
    }
}
