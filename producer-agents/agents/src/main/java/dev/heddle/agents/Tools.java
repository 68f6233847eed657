package dev.heddle.agents;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The registered tools of an agent, called on behalf of one run: with checked arguments, within a time, and not more
 * often than a run may. Every call and every result is an event, in that order; a tool that fails has a result too, and
 * throws no exception.
 *
 * <p>A tool that must not be called twice is begun only when Kafka has acknowledged its call: otherwise nothing would
 * show it after a crash. A call whose result is in the log gets that result and is not made again.
 *
 * <p>Any thread of the run may call, several at once too. An executor's dispatcher is a {@link ToolDispatcher}; a test
 * of an agent may have its own.
 */
public interface Tools {

    /** The name of the CUSTOM event that precedes an approved call. */
    String STARTED = "heddle.tool";

    /** Calls a tool once more than before, under a new id. */
    ToolResult call(String tool, ObjectNode arguments) throws InterruptedException;

    /**
     * Calls a tool and waits for its result: TOOL_CALL_START, _ARGS, _END, and in the end TOOL_CALL_RESULT.
     *
     * @throws InterruptedException when the run is stopped; the tool is then interrupted as well
     * @throws RunEndedException when the run is over
     */
    ToolResult call(ToolRequest request) throws InterruptedException;

    /**
     * Makes a call that an earlier run of the thread announced and the user approved. Only its result is an event of
     * AG-UI here; the CUSTOM event {@link #STARTED} before it keeps the call from being made a second time. Without an
     * {@link Approval} of exactly this call with exactly these arguments it is not made, and the result says so.
     */
    ToolResult callApproved(ToolRequest request) throws InterruptedException;

    /** Records that the user declined a call that an earlier run of the thread announced; the call is not made. */
    void decline(String toolCallId, String why);

    /**
     * Gives every recorded call of these tools a result, before the agent goes on after a takeover: the recorded one,
     * that of another call if the tool is repeatable, else an error.
     */
    void recover(RecordedRun recorded) throws InterruptedException;
}
