package dev.heddle.agents;

/**
 * The result of a tool call, as it stands in the log.
 *
 * @param content what the tool said; for an error {@code {"error":{"code":"…","message":"…"}}}
 */
public record ToolResult(Status status, String content) {

    /** The outcome of a call. The wire has the names of errors in lower case. */
    public enum Status {
        OK,
        /** The log held the result already; nothing was called. */
        RECORDED,
        UNKNOWN_TOOL,
        INVALID_ARGUMENTS,
        TOOL_FAILED,
        TIMEOUT,
        RESULT_TOO_LARGE,
        /** The run has made as many calls as it may. */
        CALL_LIMIT,
        /** The user did not want the call. */
        DECLINED,
        /** The process died during the call, and the tool is not to be called twice. */
        UNKNOWN_OUTCOME
    }

    public boolean isError() {
        return status != Status.OK && status != Status.RECORDED;
    }
}
