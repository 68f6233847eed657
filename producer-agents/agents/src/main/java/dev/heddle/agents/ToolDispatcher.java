package dev.heddle.agents;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.ToolResult.Status;
import dev.heddle.event.EventIds;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The {@link Tools} of a run in an executor: each call runs on a thread of the {@link ToolRunner}. */
public final class ToolDispatcher implements Tools {

    private static final Logger log = LoggerFactory.getLogger(ToolDispatcher.class);

    private final Map<String, Tool> byName = new HashMap<>();
    private final RunContext context;
    private final RunEmitter out;
    private final ToolRunner runner;
    private final Map<String, ToolResult> results = new ConcurrentHashMap<>();
    private final Set<String> announced = new HashSet<>();
    private final AtomicInteger calls = new AtomicInteger();

    /**
     * The dispatcher of one run.
     *
     * @throws IllegalArgumentException if two tools have the same name
     */
    public ToolDispatcher(List<Tool> tools, RunContext context, RunEmitter out, ToolRunner runner) {
        for (Tool tool : tools) {
            if (byName.put(tool.name(), tool) != null) {
                throw new IllegalArgumentException("two tools are called '" + tool.name() + "'");
            }
        }
        this.context = context;
        this.out = out;
        this.runner = runner;
    }

    @Override
    public ToolResult call(String tool, ObjectNode arguments) throws InterruptedException {
        return call(new ToolRequest(EventIds.next(), tool, arguments));
    }

    @Override
    public ToolResult call(ToolRequest request) throws InterruptedException {
        ToolResult recorded = results.get(request.toolCallId());
        if (recorded != null) {
            return recorded;
        }
        out.emit(AgUi.toolCallStart(request.toolCallId(), request.tool()));
        out.emit(AgUi.ofToolCall("TOOL_CALL_ARGS", request.toolCallId()).put("delta", Json.text(request.arguments())));
        out.emit(AgUi.ofToolCall("TOOL_CALL_END", request.toolCallId()));
        return execute(request);
    }

    @Override
    public ToolResult callApproved(ToolRequest request) throws InterruptedException {
        ToolResult recorded = results.get(request.toolCallId());
        if (recorded != null) {
            return recorded;
        }
        if (!Approval.isGiven(context.input(), request)) {
            return tell(
                    request.toolCallId(),
                    failed(Status.DECLINED, "The user has not approved this call with these arguments."));
        }
        synchronized (announced) {
            if (announced.add(request.toolCallId())) {
                out.custom(
                        STARTED,
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("toolCallId", request.toolCallId())
                                .put("tool", request.tool()));
            }
        }
        return execute(request);
    }

    @Override
    public void decline(String toolCallId, String why) {
        if (!results.containsKey(toolCallId)) {
            tell(toolCallId, failed(Status.DECLINED, why));
        }
    }

    @Override
    public void recover(RecordedRun recorded) throws InterruptedException {
        for (RecordedRun.Call call : recorded.calls()) {
            if (call.result().isPresent()) {
                results.put(
                        call.toolCallId(),
                        new ToolResult(Status.RECORDED, call.result().get()));
                calls.incrementAndGet();
            } else if (byName.containsKey(call.tool())) {
                if (!call.complete()) {
                    out.emit(AgUi.ofToolCall("TOOL_CALL_END", call.toolCallId()));
                }
                again(call);
            }
        }
        for (ObjectNode event : recorded.events()) {
            if (event.path("name").asText().equals(STARTED)) {
                recoverApproved(event);
            }
        }
    }

    private void again(RecordedRun.Call call) throws InterruptedException {
        ObjectNode arguments = call.complete() ? argumentsOf(call) : null;
        Tool tool = byName.get(call.tool());
        if (tool != null && tool.repeat() == Tool.Repeat.SAFE && arguments != null) {
            execute(new ToolRequest(call.toolCallId(), call.tool(), arguments));
        } else {
            tell(call.toolCallId(), unknownOutcome());
        }
    }

    private static @Nullable ObjectNode argumentsOf(RecordedRun.Call call) {
        try {
            return Json.parseObject(call.arguments());
        } catch (InvalidEventException e) {
            return null;
        }
    }

    private void recoverApproved(ObjectNode started) {
        String id = started.path("value").path("toolCallId").asText();
        Tool tool = byName.get(started.path("value").path("tool").asText());
        synchronized (announced) {
            announced.add(id);
        }
        if (!results.containsKey(id) && (tool == null || tool.repeat() == Tool.Repeat.NEVER)) {
            tell(id, unknownOutcome());
        }
    }

    private static ToolResult unknownOutcome() {
        return failed(Status.UNKNOWN_OUTCOME, "The call was broken off; whether it had an effect is not known.");
    }

    private ToolResult execute(ToolRequest request) throws InterruptedException {
        long began = System.nanoTime();
        ToolResult result = resultOf(request);
        runner.meter().called(result.status(), Duration.ofNanos(System.nanoTime() - began));
        return tell(request.toolCallId(), result);
    }

    private ToolResult tell(String toolCallId, ToolResult result) {
        out.emit(AgUi.toolCallResult(EventIds.next(), toolCallId, result.content()));
        results.put(toolCallId, result);
        return result;
    }

    private ToolResult resultOf(ToolRequest request) throws InterruptedException {
        Tool tool = byName.get(request.tool());
        if (calls.incrementAndGet() > runner.limits().calls()) {
            return failed(
                    Status.CALL_LIMIT,
                    "The run may call tools " + runner.limits().calls() + " times.");
        }
        if (tool == null) {
            return failed(Status.UNKNOWN_TOOL, "There is no tool '" + request.tool() + "'.");
        }
        List<String> problems = problems(tool, request.arguments());
        if (!problems.isEmpty()) {
            return failed(Status.INVALID_ARGUMENTS, String.join("; ", problems));
        }
        if (tool.repeat() == Tool.Repeat.NEVER) {
            out.flush();
        }
        return work(tool, new Tool.Call(context, request.toolCallId(), request.arguments()));
    }

    /**
     * The faults of the arguments. Arguments that break the check itself, by their depth for instance, have one too.
     */
    private static List<String> problems(Tool tool, ObjectNode arguments) {
        try {
            return tool.problems(arguments);
        } catch (RuntimeException | StackOverflowError e) {
            return List.of("the arguments cannot be checked");
        }
    }

    private ToolResult work(Tool tool, Tool.Call call) throws InterruptedException {
        Duration time = tool.timeout().orElse(runner.limits().timeout());
        Future<String> work;
        try {
            work = runner.threads().submit(() -> tool.call(call));
        } catch (RejectedExecutionException e) {
            return failed(Status.TOOL_FAILED, "Too many tools are busy that do not end.");
        }
        try {
            return bounded(work.get(time.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return failed(Status.TIMEOUT, "The tool took longer than " + time.toMillis() + " ms.");
        } catch (ExecutionException e) {
            return failure(tool, e.getCause() == null ? e : e.getCause());
        } finally {
            work.cancel(true);
        }
    }

    private ToolResult bounded(String content) {
        long most = runner.limits().resultBytes().bytes();
        // No text has fewer bytes than characters, so a huge one is not encoded only to be measured.
        if (content.length() > most || content.getBytes(StandardCharsets.UTF_8).length > most) {
            return failed(
                    Status.RESULT_TOO_LARGE,
                    "The result is larger than " + runner.limits().resultBytes() + ".");
        }
        return new ToolResult(Status.OK, content);
    }

    private ToolResult failure(Tool tool, Throwable cause) {
        context.cancellation().check();
        if (cause instanceof ToolFailure told) {
            return failed(Status.TOOL_FAILED, String.valueOf(told.getMessage()));
        }
        log.atWarn()
                .addKeyValue("tool", tool.name())
                .addKeyValue("run", context.address().runId())
                .addKeyValue("error", cause.getClass().getName())
                .log("A tool failed");
        return failed(Status.TOOL_FAILED, "The tool failed.");
    }

    private static ToolResult failed(Status status, String message) {
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        content.putObject("error")
                .put("code", status.name().toLowerCase(Locale.ROOT))
                .put("message", message);
        return new ToolResult(status, Json.text(content));
    }
}
