package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ThreadFoldTest {

    private static final UserKey ALICE = UserKey.of("alice");

    private final ThreadFold fold = new ThreadFold(ByteSize.mebibytes(1));
    private final Map<String, Integer> next = new HashMap<>();

    private void event(String runId, String json) {
        ObjectNode event = Json.parseObject(json.replace('\'', '"'));
        event.put("timestamp", 1);
        if (event.path("type").asText().matches("RUN_STARTED|RUN_FINISHED")) {
            event.put("threadId", "t").put("runId", runId);
        }
        RunPlace place = new RunPlace(runId, next.merge(runId, 1, Integer::sum) - 1, 0);
        Envelope envelope = new Envelope(EventIds.next(), ALICE, "t", "agent", place);
        fold.accept(EventItem.of(ALICE, EventCodec.encode(new AgentEvent(envelope, event))));
    }

    @Test
    void messagesAreWhatAClientWouldHave() {
        event(
                "r1",
                "{'type':'RUN_STARTED','input':{'threadId':'t','runId':'r1','messages':[{'id':'u1','role':'user','content':'hi'}]}}");
        event("r1", "{'type':'TEXT_MESSAGE_START','messageId':'a1','role':'assistant'}");
        event("r1", "{'type':'TEXT_MESSAGE_CONTENT','messageId':'a1','delta':'Hel'}");
        event("r1", "{'type':'TEXT_MESSAGE_CONTENT','messageId':'a1','delta':'lo'}");
        event("r1", "{'type':'TEXT_MESSAGE_END','messageId':'a1'}");
        event("r1", "{'type':'TOOL_CALL_START','toolCallId':'c1','toolCallName':'add','parentMessageId':'a1'}");
        event("r1", "{'type':'TOOL_CALL_ARGS','toolCallId':'c1','delta':'{\\'a\\':'}");
        event("r1", "{'type':'TOOL_CALL_ARGS','toolCallId':'c1','delta':'1}'}");
        event("r1", "{'type':'TOOL_CALL_END','toolCallId':'c1'}");
        event("r1", "{'type':'TOOL_CALL_RESULT','messageId':'m1','toolCallId':'c1','content':'2','role':'tool'}");
        assertEquals(
                Json.parseArray(("[{'id':'u1','role':'user','content':'hi'},{'id':'a1','role':'assistant','toolCalls':"
                                + "[{'id':'c1','type':'function','function':{'name':'add','arguments':'{#a#:1}'}}],"
                                + "'content':'Hello'},{'id':'m1','role':'tool','toolCallId':'c1','content':'2'}]")
                        .replace('\'', '"')
                        .replace("#", "\\\"")),
                fold.messages());
        assertEquals(Set.of("u1", "a1", "c1", "m1"), fold.messageIds());
    }

    @Test
    void stateIsTheLastSnapshotWithTheDeltasAfterIt() {
        event("r1", "{'type':'RUN_STARTED','input':{'threadId':'t','runId':'r1','messages':[],'state':{'n':0}}}");
        event("r1", "{'type':'STATE_DELTA','delta':[{'op':'replace','path':'/n','value':1}]}");
        assertEquals(Json.parseObject("{\"n\":1}"), fold.state());
        event("r1", "{'type':'STATE_SNAPSHOT','snapshot':{'list':[]}}");
        event("r1", "{'type':'STATE_DELTA','delta':[{'op':'add','path':'/list/-','value':7}]}");
        event("r1", "{'type':'STATE_DELTA','delta':[{'op':'remove','path':'/nothing'}]}");
        assertEquals(Json.parseObject("{\"list\":[7]}"), fold.state());
    }

    @Test
    void anInterruptIsOpenUntilARunBeginsWithItsAnswer() {
        event(
                "r1",
                "{'type':'RUN_STARTED','input':{'threadId':'t','runId':'r1','messages':[],'forwardedProps':{'x':1}}}");
        event(
                "r1",
                "{'type':'RUN_FINISHED','outcome':{'type':'interrupt','interrupts':[{'id':'i','reason':'approval'}]}}");
        ThreadFold.Asked asked = fold.open().get("i");
        assertEquals("r1", asked == null ? null : asked.runId());
        assertEquals(
                1,
                asked == null
                        ? 0
                        : asked.input().path("forwardedProps").path("x").asInt());
        event("r2", "{'type':'RUN_STARTED'}");
        event("r2", "{'type':'RUN_FINISHED'}");
        assertTrue(fold.open().containsKey("i"), "another run in between changes nothing");
        event(
                "r3",
                "{'type':'RUN_STARTED','input':{'threadId':'t','runId':'r3','messages':[],'resume':[{'interruptId':'i','status':'cancelled'}]}}");
        assertTrue(fold.open().isEmpty());
        assertTrue(fold.isAnswered("i"));
    }

    private void run(String... events) {
        event("r1", "{'type':'RUN_STARTED'}");
        for (String each : events) {
            event("r1", each);
        }
    }

    private int faults(ThreadFold.Fault fault) {
        return fold.faults().getOrDefault(fault, 0);
    }

    @Test
    void patchesThatDoNotFitAreLeftOutWholeAndCounted() {
        List<String> unfit = List.of(
                "{'op':'add','path':'/l/x','value':1}",
                "{'op':'add','path':'/l/999999999','value':1}",
                "{'op':'add','path':'/l/99999999999999999999','value':1}",
                "{'op':'add','path':'/none/a','value':1}",
                "{'op':'remove','path':'/none'}",
                "{'op':'replace','path':'/none','value':1}",
                "{'op':'test','path':'/n','value':2}",
                "{'op':'move','from':'/o','path':'/o/in'}",
                "{'op':'move','from':'','path':'/o'}",
                "{'op':'copy','from':'/none','path':'/c'}",
                "{'op':'add','path':'/n/deeper/still','value':1}");
        run("{'type':'STATE_SNAPSHOT','snapshot':{'l':[1],'o':{'a':1},'n':1}}");
        for (String operation : unfit) {
            event(
                    "r1",
                    "{'type':'STATE_DELTA','delta':[{'op':'add','path':'/before','value':1},{'op':'remove','path':'/l/0'},"
                            + operation + "]}");
        }
        assertEquals(Json.parseObject("{\"l\":[1],\"o\":{\"a\":1},\"n\":1}"), fold.state());
        assertEquals(unfit.size(), faults(ThreadFold.Fault.PATCH));
    }

    @Test
    void whatDoublesItselfStopsAtItsBound() {
        run("{'type':'STATE_SNAPSHOT','snapshot':{'a':'0123456789'}}");
        for (int i = 0; i < 200; i++) {
            event("r1", "{'type':'STATE_DELTA','delta':[{'op':'copy','from':'','path':'/c" + i + "'}]}");
            event("r1", "{'type':'STATE_DELTA','delta':[{'op':'add','path':'/n" + i + "','value':1}]}");
        }
        assertTrue(faults(ThreadFold.Fault.SIZE) > 0);
        JsonWeight weight = JsonWeight.of(Objects.requireNonNull(fold.state()));
        assertTrue(weight.weight() <= (9 << 20) / 8, "" + weight);
        assertTrue(weight.depth() <= PatchBudget.MAX_DEPTH + 2, "" + weight);
    }

    @Test
    void aSmallStateThatIsCopiedAndRemovedForEverIsLeftAlone() {
        run("{'type':'STATE_SNAPSHOT','snapshot':{'a':'" + "x".repeat(100_000) + "'}}");
        String churn = "{'op':'copy','from':'/a','path':'/b'},{'op':'remove','path':'/b'},".repeat(2_000);
        for (int i = 0; i < 50; i++) {
            event("r1", "{'type':'STATE_DELTA','delta':[" + churn + "{'op':'add','path':'/n','value':" + i + "}]}");
        }
        assertTrue(faults(ThreadFold.Fault.SIZE) > 0);
    }

    @Test
    void nestingHasABound() {
        run("{'type':'STATE_SNAPSHOT','snapshot':{'a':{}}}");
        for (int i = 0; i < 3_000; i++) {
            event(
                    "r1",
                    "{'type':'STATE_DELTA','delta':[{'op':'copy','from':'/a','path':'/b'},"
                            + "{'op':'replace','path':'/a','value':{}},{'op':'move','from':'/b','path':'/a/a'}]}");
        }
        assertTrue(faults(ThreadFold.Fault.SIZE) > 0);
        assertTrue(JsonWeight.of(Objects.requireNonNull(fold.state())).depth() <= PatchBudget.MAX_DEPTH + 2);
    }

    @Test
    void anActivityIsBoundedAsTheStateIs() {
        run("{'type':'ACTIVITY_SNAPSHOT','messageId':'p','activityType':'plan','content':{'a':'0123456789'}}");
        for (int i = 0; i < 100; i++) {
            event(
                    "r1",
                    "{'type':'ACTIVITY_DELTA','messageId':'p','activityType':'plan','patch':[{'op':'copy','from':'','path':'/c"
                            + i + "'}]}");
        }
        assertTrue(faults(ThreadFold.Fault.SIZE) > 0);
        assertTrue(JsonWeight.of(fold.allMessages()).weight() <= 2 << 20);
        assertTrue(fold.messages().isEmpty(), "an agent gets no activities");
    }
}
