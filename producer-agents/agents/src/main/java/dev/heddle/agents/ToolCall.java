package dev.heddle.agents;

import dev.heddle.event.EventIds;

/** One call of a tool: its arguments are written piece by piece, then it ends, then it has a result. */
public final class ToolCall {

    private final RunWriter run;
    private final String toolCallId = EventIds.next();
    private final Deltas deltas;
    private boolean ended;

    ToolCall(RunWriter run, String tool) {
        this.run = run;
        this.deltas = run.deltas("TOOL_CALL_ARGS", "toolCallId", toolCallId);
        run.emit(AgUi.toolCallStart(toolCallId, tool));
    }

    /** The id of the call, which the tool may use as its idempotency key. */
    public String toolCallId() {
        return toolCallId;
    }

    /** Appends the next piece of the arguments; the pieces joined are one JSON value. */
    public void arguments(String delta) {
        run.emit(deltas, delta);
    }

    /** Says that the arguments are complete. Does nothing the second time. */
    public void end() {
        if (!ended) {
            ended = true;
            run.emit(AgUi.ofToolCall("TOOL_CALL_END", toolCallId));
        }
    }

    /** Appends the tool's result, ending the call first if need be. */
    public void result(String content) {
        end();
        run.emit(AgUi.toolCallResult(EventIds.next(), toolCallId, content));
    }
}
