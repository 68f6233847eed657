package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.config.ByteSize;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.EventIds;
import dev.heddle.event.EventItem;
import dev.heddle.event.Json;
import dev.heddle.event.RunPlace;
import dev.heddle.event.UserKey;
import dev.heddle.testing.NodeProject;
import dev.heddle.testing.RandomThread;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fold of a thread is what {@code @ag-ui/client}, as it is published, makes of the same events. */
class FoldEqualsClientTest {

    private static final UserKey ALICE = UserKey.of("alice");
    private static final int THREADS = Boolean.getBoolean("heddle.full") ? 5_000 : 150;
    private static final NodeProject INTEROP = new NodeProject(Path.of("../../system-test/interop"));

    /** What AG-UI's client has at the end of each thread. */
    private static JsonNode clients(Path directory, List<List<List<ObjectNode>>> threads) throws Exception {
        Path given = directory.resolve("threads.json");
        Path taken = directory.resolve("folds.json");
        Files.write(given, Json.mapper().writeValueAsBytes(threads));
        NodeProject.Outcome outcome = INTEROP.run(List.of("node", "fold.mjs", given.toString(), taken.toString()));
        assertEquals(0, outcome.exitCode(), outcome.output());
        return Json.mapper().readTree(Files.readAllBytes(taken));
    }

    private static ThreadFold ours(List<List<ObjectNode>> runs) {
        ThreadFold fold = new ThreadFold(ByteSize.mebibytes(1));
        for (int run = 0; run < runs.size(); run++) {
            long seq = 0;
            for (ObjectNode event : runs.get(run)) {
                Envelope envelope =
                        new Envelope(EventIds.next(), ALICE, "t", "agent", new RunPlace("r" + run, seq++, 0));
                fold.accept(EventItem.of(ALICE, EventCodec.encode(new AgentEvent(envelope, event))));
            }
        }
        return fold;
    }

    private static void compare(Path directory, List<List<List<ObjectNode>>> threads) throws Exception {
        JsonNode clients = clients(directory, threads);
        assertEquals(threads.size(), clients.size());
        for (int i = 0; i < threads.size(); i++) {
            ThreadFold fold = ours(threads.get(i));
            String what = "thread " + i;
            assertEquals(clients.get(i).path("messages"), fold.allMessages(), what);
            JsonNode state = fold.state();
            assertEquals(clients.get(i).path("state"), state == null ? Json.object() : state, what);
            assertEquals(0, fold.faults().getOrDefault(ThreadFold.Fault.EVENT, 0), what);
        }
    }

    @Test
    void ofRandomLegalRuns(@TempDir Path directory) throws Exception {
        List<List<List<ObjectNode>>> threads = new ArrayList<>();
        for (int seed = 0; seed < THREADS; seed++) {
            threads.add(new RandomThread(seed).runs());
        }
        compare(directory, threads);
    }

    private static List<List<ObjectNode>> thread(String... events) {
        List<ObjectNode> run = new ArrayList<>();
        run.add(Json.object().put("type", "RUN_STARTED").put("threadId", "t").put("runId", "r0"));
        for (String event : events) {
            run.add(Json.parseObject(event.replace('\'', '"')));
        }
        run.add(Json.object().put("type", "RUN_FINISHED").put("threadId", "t").put("runId", "r0"));
        run.forEach(event -> event.put("timestamp", 1));
        return List.of(run);
    }

    @Test
    void ofASnapshotInTheMiddleOfAMessageAndWhatElseIsEasilyWrong(@TempDir Path directory) throws Exception {
        String start = "{'type':'TEXT_MESSAGE_START','messageId':'m'}";
        String hel = "{'type':'TEXT_MESSAGE_CONTENT','messageId':'m','delta':'Hel'}";
        String lo = "{'type':'TEXT_MESSAGE_CONTENT','messageId':'m','delta':'lo'}";
        String end = "{'type':'TEXT_MESSAGE_END','messageId':'m'}";
        compare(
                directory,
                List.of(
                        thread(
                                start,
                                hel,
                                "{'type':'MESSAGES_SNAPSHOT','messages':[{'id':'m','role':'assistant','content':'Hel'}]}",
                                lo,
                                end),
                        thread(start, hel, "{'type':'MESSAGES_SNAPSHOT','messages':[]}", lo, end),
                        thread(start, hel, end, start, lo, end),
                        thread(
                                "{'type':'TOOL_CALL_START','toolCallId':'c','toolCallName':'f'}",
                                "{'type':'TOOL_CALL_ARGS','toolCallId':'c','delta':'{'}",
                                "{'type':'MESSAGES_SNAPSHOT','messages':[{'id':'c','role':'assistant','toolCalls':[{'id':'c',"
                                        + "'type':'function','function':{'name':'f','arguments':'{'}}]}]}",
                                "{'type':'TOOL_CALL_ARGS','toolCallId':'c','delta':'}'}",
                                "{'type':'TOOL_CALL_END','toolCallId':'c'}",
                                start,
                                hel,
                                end,
                                "{'type':'TOOL_CALL_RESULT','messageId':'r','toolCallId':'c','content':'1'}")));
    }

    /** Patches that are easily applied otherwise, each to {@code {"l":[1,2,3],"o":{"a":null},"~":1}}. */
    private static final List<String> PATCHES = List.of(
            "[{'op':'add','path':'/l/x','value':1}]",
            "[{'op':'add','path':'/l/3','value':1}]",
            "[{'op':'add','path':'/l/4','value':1}]",
            "[{'op':'add','path':'/l/01','value':0}]",
            "[{'op':'add','path':'/l/','value':0}]",
            "[{'op':'add','path':'/l/-1','value':0}]",
            "[{'op':'add','path':'/l/999999999','value':0}]",
            "[{'op':'add','path':'/l/-/a','value':0}]",
            "[{'op':'add','path':'/n/a','value':0}]",
            "[{'op':'add','path':'/o/a/b','value':0}]",
            "[{'op':'add','path':'','value':7},{'op':'add','path':'/a','value':1}]",
            "[{'op':'remove','path':''}]",
            "[{'op':'remove','path':'/l/3'}]",
            "[{'op':'remove','path':'/o/a'}]",
            "[{'op':'remove','path':'/l/-'}]",
            "[{'op':'replace','path':'/o/b','value':1}]",
            "[{'op':'replace','path':'/~0','value':2}]",
            "[{'op':'replace','path':'','value':null},{'op':'add','path':'/a','value':1}]",
            "[{'op':'test','path':'/o/a','value':null},{'op':'add','path':'/t','value':1}]",
            "[{'op':'add','path':'/t','value':1},{'op':'test','path':'/l/0','value':2}]",
            "[{'op':'test','path':'/l/0','value':1.0},{'op':'add','path':'/t','value':1}]",
            "[{'op':'test','path':'/no','value':null},{'op':'add','path':'/t','value':1}]",
            "[{'op':'move','from':'/o','path':'/o/a'}]",
            "[{'op':'move','from':'/l/0','path':'/l/2'}]",
            "[{'op':'move','from':'/l/0','path':'/l/3'}]",
            "[{'op':'move','from':'/l/2','path':'/l/9'}]",
            "[{'op':'move','from':'/l/0','path':'/l/0'}]",
            "[{'op':'move','from':'/no','path':'/l/0'}]",
            "[{'op':'move','from':'/o','path':''}]",
            "[{'op':'copy','from':'','path':'/c'},{'op':'add','path':'/l/-','value':9}]",
            "[{'op':'copy','from':'/l','path':'/l/-'}]",
            "[{'op':'copy','from':'/l','path':'/l/9'}]",
            "[{'op':'copy','from':'/l/-','path':'/c'}]",
            "[{'op':'add','path':'/__proto__/a','value':1}]",
            "[{'op':'add','path':'/constructor/prototype','value':1}]");

    @Test
    void ofPatchesAtTheEdge(@TempDir Path directory) throws Exception {
        List<List<List<ObjectNode>>> threads = new ArrayList<>();
        for (String patch : PATCHES) {
            threads.add(thread(
                    "{'type':'STATE_SNAPSHOT','snapshot':{'l':[1,2,3],'o':{'a':null},'~':1}}",
                    "{'type':'STATE_DELTA','delta':" + patch + "}"));
        }
        compare(directory, threads);
    }
}
