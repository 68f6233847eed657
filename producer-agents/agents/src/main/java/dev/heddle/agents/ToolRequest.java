package dev.heddle.agents;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A wish to call a tool.
 *
 * @param toolCallId unique in its run; better chosen so that it is the same when the run is taken over, as a model's
 *     own id is: a call that has a recorded result is not made again
 */
public record ToolRequest(String toolCallId, String tool, ObjectNode arguments) {}
