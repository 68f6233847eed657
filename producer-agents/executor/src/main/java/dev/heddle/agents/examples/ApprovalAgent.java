package dev.heddle.agents.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.Approval;
import dev.heddle.agents.RecordedRun;
import dev.heddle.agents.ResumableAgent;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.Tool;
import dev.heddle.agents.ToolRequest;
import dev.heddle.agents.ToolResult;

/**
 * An agent that asks before its tool runs: the first run announces the call and ends with the outcome
 * {@code interrupt}; the answer begins the next run, which makes the call or declines it. Shows how an approval
 * survives a reload, another device and the death of either run's process, and how an approved call is made once.
 *
 * <p>The answer is {@code {"interruptId":…,"status":"resolved","payload":{"approved":true}}}, or another explicit yes
 * of {@link Approval}; everything else is a no.
 */
public final class ApprovalAgent implements ResumableAgent {

    static final String TOOL = "transfer";

    /** The tool that needs approval. It only reports the transfer that it would make. */
    static Tool transfer() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        schema.putObject("properties").putObject("what").put("type", "string").put("maxLength", 1_000);
        schema.putArray("required").add("what");
        return Tool.of(
                TOOL, schema, call -> "done: " + call.arguments().path("what").asText());
    }

    @Override
    public void run(RunContext context, RunEmitter out) throws InterruptedException {
        ArrayNode answers = context.input().resume();
        if (answers.isEmpty()) {
            ask(context, out);
        } else {
            act(context, out, answers.path(0));
        }
    }

    /**
     * Takes the step after the last one in the log: acts on the answers, asks, or interrupts.
     * {@link dev.heddle.agents.Tools} makes no call twice.
     */
    @Override
    public void resume(RunContext context, RecordedRun recorded, RunEmitter out) throws InterruptedException {
        ArrayNode answers = context.input().resume();
        if (!answers.isEmpty()) {
            act(context, out, answers.path(0));
        } else if (recorded.calls().isEmpty()) {
            ask(context, out);
        } else {
            RecordedRun.Call call = recorded.calls().get(0);
            interrupt(out, call.toolCallId(), arguments(context));
        }
    }

    private static ObjectNode arguments(RunContext context) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("what", context.input().lastUserText().strip());
    }

    private static void ask(RunContext context, RunEmitter out) {
        ObjectNode arguments = arguments(context);
        interrupt(out, out.toolCall(TOOL, arguments).toolCallId(), arguments);
    }

    private static void interrupt(RunEmitter out, String toolCallId, ObjectNode arguments) {
        ArrayNode asked = JsonNodeFactory.instance.arrayNode();
        ObjectNode interrupt = asked.addObject()
                .put("id", "approve-" + toolCallId)
                .put("reason", "approval")
                .put("message", "May I do this?")
                .put("toolCallId", toolCallId);
        interrupt.set("metadata", Approval.metadata(TOOL, arguments));
        ObjectNode schema = interrupt.putObject("responseSchema").put("type", "object");
        schema.putObject("properties").putObject("approved").put("type", "boolean");
        schema.putArray("required").add("approved");
        out.interrupt(asked);
    }

    private static void act(RunContext context, RunEmitter out, JsonNode answer) throws InterruptedException {
        String toolCallId = context.input()
                .asked(answer.path("interruptId").asText())
                .map(interrupt -> interrupt.path("toolCallId").asText())
                .orElse("");
        ToolRequest request = context.input().toolCall(toolCallId).orElse(null);
        if (request == null) {
            out.fail("invalid_input", "There is no such call in this thread.");
        } else if (isYes(answer)) {
            ToolResult result = context.tools().callApproved(request);
            say(context, out, result.isError() ? "That did not work." : "It is " + result.content() + ".");
        } else {
            context.tools().decline(toolCallId, "The user said no.");
            say(context, out, "Then I leave it.");
        }
    }

    private static boolean isYes(JsonNode answer) {
        return answer.path("status").asText().equals("resolved") && Approval.isYes(answer.path("payload"));
    }

    /** Writes the text once, also in a run that was taken over after the text was written. */
    private static void say(RunContext context, RunEmitter out, String text) {
        if (!out.messageIds().contains("said-" + context.address().runId())) {
            out.text("said-" + context.address().runId(), text);
        }
    }
}
