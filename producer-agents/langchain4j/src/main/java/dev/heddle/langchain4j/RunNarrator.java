package dev.heddle.langchain4j;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.ModelUsage;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.TextStream;
import dev.heddle.event.EventIds;
import dev.heddle.event.InvalidEventException;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialToolCall;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The translator of one run: it turns LangChain4j's callbacks into AG-UI events, in the order of the callbacks, on any
 * thread. Blocks its caller, and so the model's stream, while Kafka holds the run back.
 */
final class RunNarrator {

    private final RunEmitter out;
    private final ToolCalls calls = new ToolCalls();
    private final Map<Thread, CallAtWork> working = new LinkedHashMap<>();
    private final Map<String, ObjectNode> questions = new LinkedHashMap<>();
    private final Set<String> callsThatWait = new HashSet<>();
    private @Nullable TextStream text;
    private @Nullable TextStream reasoning;
    private @Nullable String roundMessage;
    private ModelUsage.Tokens told = ModelUsage.Tokens.NONE;
    private int requests;
    private @Nullable String step;
    private volatile @Nullable Throwable failure;
    private volatile boolean stopped;
    private volatile long lastSign = System.nanoTime();

    RunNarrator(RunEmitter out) {
        this.out = out;
    }

    RunEmitter out() {
        return out;
    }

    synchronized void text(String delta) {
        if (delta.isEmpty()) {
            return;
        }
        calls.speaks();
        endReasoning();
        TextStream open = text;
        if (open == null) {
            open = out.message();
            text = open;
            roundMessage = open.messageId();
        }
        open.write(delta);
        sign();
    }

    synchronized void thinking(String delta) {
        if (delta.isEmpty()) {
            return;
        }
        calls.speaks();
        TextStream open = reasoning;
        if (open == null) {
            open = out.reasoning();
            reasoning = open;
        }
        open.write(delta);
        sign();
    }

    synchronized void piece(PartialToolCall piece) {
        endReasoning();
        ToolCalls.Found found = calls.piece(piece);
        if (found.isNew()) {
            start(found.call(), null);
        }
        arguments(found.call(), piece.partialArguments());
        sign();
    }

    /** Handles the end of a round in which the model calls tools. */
    synchronized void intermediate(ChatResponse response) {
        endTexts();
        List<ToolExecutionRequest> requested = response.aiMessage().toolExecutionRequests();
        List<ToolCalls.Found> found = calls.whole(requested);
        for (int i = 0; i < found.size(); i++) {
            whole(found.get(i), requested.get(i).arguments(), null);
        }
        calls.endRound();
        roundMessage = null;
        use(response, ReportedUsage.rounds(response));
        sign();
    }

    /** Handles the end of the model's answer; the response's usage is that of all rounds. */
    synchronized void complete(ChatResponse response) {
        endTexts();
        use(response, ReportedUsage.beyond(response, told));
    }

    /** Adds the usage of a model whose stream this narrator does not follow. */
    void used(ChatResponse response) {
        out.used(ReportedUsage.of(response, ReportedUsage.rounds(response)));
    }

    private void use(ChatResponse response, ModelUsage.Tokens more) {
        told = told.plus(more);
        out.used(ReportedUsage.of(response, more));
    }

    /** Handles the start of a tool's execution, on this thread. */
    synchronized void begins(ToolExecutionRequest request, @Nullable String subagent) {
        endReasoning();
        ToolCalls.Found found = calls.begin(request);
        whole(found, request.arguments(), subagent);
        working.put(
                Thread.currentThread(),
                new CallAtWork(found.call().id(), request.name(), CallAtWork.parse(request.arguments())));
    }

    /** Handles the end of a tool's execution, on this thread. A tool that asked a person has no result yet. */
    synchronized void executed(ToolExecutionRequest request, String result, @Nullable String subagent) {
        CallAtWork done = working.remove(Thread.currentThread());
        if (stopped) {
            // The thread may have been interrupted for a run that is over; its next work must not be.
            Thread.interrupted();
        }
        if (done != null && callsThatWait.contains(done.toolCallId())) {
            return;
        }
        ToolCalls.Found found = calls.end(request);
        whole(found, request.arguments(), subagent);
        ObjectNode event = attributed(event("TOOL_CALL_RESULT"), subagent)
                .put("messageId", EventIds.next())
                .put("toolCallId", found.call().id())
                .put("content", result)
                .put("role", "tool");
        try {
            out.emit(event);
        } catch (InvalidEventException e) {
            out.emit(event.put("content", "{\"error\":\"result_not_shown\",\"characters\":" + result.length() + "}"));
        }
        sign();
    }

    /** The tool call that this thread executes; null if it executes none. */
    synchronized @Nullable CallAtWork callAtWork() {
        return working.get(Thread.currentThread());
    }

    /**
     * Adds a question that a person has to answer before the run can go on. Called by the tool that asks, on its
     * thread. Of two calls that ask under one id, the question of the first is asked; the other asks again in the next
     * run.
     */
    synchronized void waitFor(Question question) {
        CallAtWork call = working.get(Thread.currentThread());
        questions.putIfAbsent(question.id(), question.interrupt(call));
        if (call != null) {
            callsThatWait.add(call.toolCallId());
        }
    }

    /** The interrupts of the questions so far; empty if there are none. */
    synchronized ArrayNode questions() {
        ArrayNode asked = JsonNodeFactory.instance.arrayNode();
        questions.values().forEach(asked::add);
        return asked;
    }

    synchronized void requestIssued() {
        endStep();
        requests++;
        String name = "model-" + requests;
        out.emit(event("STEP_STARTED").put("stepName", name));
        step = name;
        sign();
    }

    synchronized void responseReceived() {
        endTexts();
        endStep();
    }

    private void endStep() {
        if (step != null) {
            out.emit(event("STEP_FINISHED").put("stepName", step));
            step = null;
        }
    }

    synchronized void emit(ObjectNode event) {
        out.emit(event);
        sign();
    }

    /** Closes the messages that are open. */
    synchronized void endTexts() {
        endReasoning();
        if (text != null) {
            text.close();
            text = null;
        }
    }

    private void endReasoning() {
        if (reasoning != null) {
            reasoning.close();
            reasoning = null;
        }
    }

    private void whole(ToolCalls.Found found, @Nullable String arguments, @Nullable String subagent) {
        ToolCalls.Call call = found.call();
        if (found.isNew()) {
            start(call, subagent);
        }
        if (call.isWhole()) {
            return;
        }
        if (!call.hasArguments() && arguments != null && !arguments.isEmpty()) {
            arguments(call, arguments);
        }
        call.complete();
        out.emit(event("TOOL_CALL_END").put("toolCallId", call.id()));
    }

    private void start(ToolCalls.Call call, @Nullable String subagent) {
        ObjectNode event = attributed(event("TOOL_CALL_START"), subagent)
                .put("toolCallId", call.id())
                .put("toolCallName", call.tool());
        if (roundMessage != null && subagent == null) {
            event.put("parentMessageId", roundMessage);
        }
        out.emit(event);
    }

    private void arguments(ToolCalls.Call call, String delta) {
        out.emit(event("TOOL_CALL_ARGS").put("toolCallId", call.id()).put("delta", delta));
    }

    private static ObjectNode attributed(ObjectNode event, @Nullable String subagent) {
        return subagent == null ? event : event.put("subagentRunId", subagent);
    }

    static ObjectNode event(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    /**
     * Notes a sign of life of the model. Called last in each step, since time in which Kafka holds a step back is not
     * the model's silence.
     */
    private void sign() {
        lastSign = System.nanoTime();
    }

    /** The nanoseconds since the model's last sign of life; 0 while a tool is at work. */
    long silence() {
        synchronized (this) {
            if (!working.isEmpty()) {
                return 0;
            }
        }
        return System.nanoTime() - lastSign;
    }

    /**
     * Throws a {@link CancellationException} if the run is over or a person is asked. Thrown out of a callback between
     * two rounds, it keeps LangChain4j from asking the model once more.
     */
    void refuseToGoOn() {
        if (stopped) {
            throw new CancellationException("the run is over");
        }
        if (!questions().isEmpty()) {
            throw new CancellationException("a person is asked");
        }
    }

    /** Marks the run as failed, and stops it: a callback could not be turned into events. */
    void broken(Throwable why) {
        synchronized (this) {
            if (failure == null) {
                failure = why;
            }
        }
        stop();
    }

    /** The reason why a callback could not be turned into events; null if there is none. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** True if the run takes no more events. */
    boolean isStopped() {
        return stopped;
    }

    /** Stops emitting events, and interrupts the tools that are at work. */
    void stop() {
        stopped = true;
        synchronized (this) {
            working.keySet().forEach(Thread::interrupt);
        }
    }
}
