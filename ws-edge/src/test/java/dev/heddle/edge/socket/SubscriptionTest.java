package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.RunPlace;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.token.TokenSigner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a client asks for beside its place in the log: snapshot, thread, types, fold, the last N. */
class SubscriptionTest {

    private static final int WORDS = 10;

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    static EdgeRig rig;

    @BeforeAll
    static void start(@TempDir Path directory) {
        rig = EdgeRig.start(KAFKA.bootstrapServers(), TokenSigner.ellipticIn(directory));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    /** RUN_STARTED 0, TEXT_MESSAGE_START 1, ten words 2 to 11. */
    private static void publishOpenRun(String user, String thread, String run) {
        ObjectNode started =
                EdgeRig.event("RUN_STARTED").put("threadId", thread).put("runId", run);
        rig.publish(user, thread, new RunPlace(run, 0, 0), started);
        ObjectNode message =
                EdgeRig.event("TEXT_MESSAGE_START").put("messageId", "m1").put("role", "assistant");
        rig.publish(user, thread, new RunPlace(run, 1, 0), message);
        for (int i = 0; i < WORDS; i++) {
            rig.publish(user, thread, new RunPlace(run, 2 + i, 0), EdgeRig.text("w" + i + " "));
        }
    }

    /** TEXT_MESSAGE_END 12, RUN_FINISHED 13. */
    private static void finish(String user, String thread, String run) {
        rig.publish(
                user,
                thread,
                new RunPlace(run, 12, 0),
                EdgeRig.event("TEXT_MESSAGE_END").put("messageId", "m1"));
        ObjectNode finished =
                EdgeRig.event("RUN_FINISHED").put("threadId", thread).put("runId", run);
        rig.publish(user, thread, new RunPlace(run, 13, 0), finished);
    }

    /** All items up to {@code caughtUp}. */
    private static List<JsonNode> itemsUntilCaughtUp(TestClient client) {
        List<JsonNode> items = new ArrayList<>();
        ObjectNode frame = client.next();
        while (!frame.path("type").asText().equals("caughtUp")) {
            frame.path("events").forEach(items::add);
            frame = client.next();
        }
        return items;
    }

    private static List<String> places(List<JsonNode> items) {
        return items.stream()
                .map(item ->
                        item.path("runId").asText() + "#" + item.path("runSeq").asInt())
                .toList();
    }

    @Test
    void whoBeginsAtTheEndFirstGetsTheOpenRunsAndThenWhatFollowsThem() {
        publishOpenRun("opened", "t1", "r1");
        try (TestClient client = rig.connect("opened", "?from=latest")) {
            ObjectNode hello = client.next();
            ObjectNode snapshot = client.next();
            assertEquals("hello", hello.path("type").asText());
            assertEquals("snapshot", snapshot.path("type").asText());
            assertEquals(hello.path("cursor").asText(), snapshot.path("cursor").asText());
            assertTrue(snapshot.path("complete").asBoolean());
            assertEquals(1, snapshot.path("runs").size());
            JsonNode run = snapshot.path("runs").path(0);
            assertEquals("t1", run.path("threadId").asText());
            assertEquals("r1", run.path("runId").asText());
            assertEquals(EdgeRig.AGENT, run.path("agentId").asText());
            assertEquals("running", run.path("status").asText());
            assertEquals(11, run.path("runSeq").asInt());
            assertEquals("caughtUp", client.next().path("type").asText());

            finish("opened", "t1", "r1");
            List<String> live = new ArrayList<>();
            while (live.size() < 2) {
                client.next("events")
                        .path("events")
                        .forEach(item -> live.add(item.path("runSeq").asText()));
            }
            assertEquals(List.of("12", "13"), live);

            try (TestClient fromTheStart =
                    rig.connect("opened", "?cursor=" + run.path("startCursor").asText())) {
                assertEquals("resumed", fromTheStart.next().path("resume").asText());
                List<String> all = places(itemsUntilCaughtUp(fromTheStart));
                assertEquals(14, all.size());
                assertEquals("r1#0", all.get(0));
            }
        }
    }

    @Test
    void aCursorTakenBeforeTheSnapshotAsksForItAgainAndOneTakenAfterItDoesNot() {
        publishOpenRun("again", "t1", "r1");
        String early;
        String late;
        try (TestClient client = rig.connect("again", "")) {
            early = client.next("hello").path("cursor").asText();
            client.next("snapshot");
            late = client.next("caughtUp").path("cursor").asText();
        }
        try (TestClient client = rig.connect("again", "?cursor=" + early)) {
            assertEquals("resumed", client.next().path("resume").asText());
            assertEquals("snapshot", client.next().path("type").asText());
        }
        try (TestClient client = rig.connect("again", "?cursor=" + late)) {
            assertEquals("resumed", client.next().path("resume").asText());
            assertEquals("caughtUp", client.next().path("type").asText());
        }
    }

    @Test
    void whoWantsNoSnapshotGetsNone() {
        publishOpenRun("plain", "t1", "r1");
        try (TestClient client = rig.connect("plain", "?from=latest&snapshot=false")) {
            client.next("hello");
            assertEquals("caughtUp", client.next().path("type").asText());
        }
    }

    @Test
    void onlyTheTypesAskedForCome() {
        publishOpenRun("picky", "t1", "r1");
        finish("picky", "t1", "r1");
        try (TestClient client = rig.connect("picky", "?from=earliest&types=RUN_*,TEXT_MESSAGE_END")) {
            client.next("hello");
            assertEquals(List.of("r1#0", "r1#12", "r1#13"), places(itemsUntilCaughtUp(client)));
            publishOpenRun("picky", "t1", "r2");
            JsonNode live = client.next("events").path("events");
            assertEquals("r2", live.path(0).path("runId").asText());
            assertEquals("RUN_STARTED", live.path(0).path("event").path("type").asText());
        }
    }

    @Test
    void onlyTheThreadAskedForComes() {
        publishOpenRun("threaded", "t1", "r1");
        publishOpenRun("threaded", "t2", "r2");
        try (TestClient client = rig.connect("threaded", "?from=earliest&thread=t2&types=RUN_STARTED")) {
            client.next("hello");
            assertEquals(List.of("r2#0"), places(itemsUntilCaughtUp(client)));
        }
    }

    /** As {@code docs/protocol.md} has it. */
    @Test
    void filtersDoNotApplyToTheSnapshot() {
        publishOpenRun("overview", "t1", "r1");
        publishOpenRun("overview", "t2", "r2");
        try (TestClient client = rig.connect("overview", "?thread=t2&types=CUSTOM")) {
            client.next("hello");
            List<String> runs = new ArrayList<>();
            client.next("snapshot")
                    .path("runs")
                    .forEach(run -> runs.add(run.path("runId").asText()));
            assertEquals(List.of("r2", "r1"), runs);
        }
    }

    @Test
    void foldedDeltasSayWhichNumbersTheyStandForAndLoseNothing() {
        publishOpenRun("folder", "t1", "r1");
        finish("folder", "t1", "r1");
        try (TestClient client = rig.connect("folder", "?from=earliest&fold=true")) {
            client.next("hello");
            StringBuilder text = new StringBuilder();
            boolean folded = false;
            int next = 0;
            for (JsonNode item : itemsUntilCaughtUp(client)) {
                int last = item.path("runSeq").asInt();
                int first = item.path("runSeqFrom").asInt(last);
                assertEquals(next, first);
                next = last + 1;
                folded |= first < last;
                text.append(item.path("event").path("delta").asText());
            }
            assertEquals(14, next);
            assertTrue(folded, "ten deltas that are sent at once are joined");
            assertEquals("w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 ", text.toString());
        }
        try (TestClient client = rig.connect("folder", "?from=earliest")) {
            client.next("hello");
            List<JsonNode> items = itemsUntilCaughtUp(client);
            assertEquals(14, items.size());
            assertFalse(items.stream().anyMatch(item -> item.has("runSeqFrom")));
        }
    }

    @Test
    void theLastNAreTheUsersOwnLastN() {
        publishOpenRun("last", "t1", "r1");
        publishOpenRun("other-of-last", "t1", "r9");
        try (TestClient client = rig.connect("last", "?from=last:3")) {
            assertEquals("fresh", client.next("hello").path("resume").asText());
            assertEquals(List.of("r1#9", "r1#10", "r1#11"), places(itemsUntilCaughtUp(client)));
        }
        try (TestClient client = rig.connect("last", "?from=last:1000")) {
            client.next("hello");
            assertEquals(12, itemsUntilCaughtUp(client).size());
        }
    }
}
