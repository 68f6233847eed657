package dev.heddle.edge.protocol;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The writer of control frames: one JSON object each, fields in the contract's order, absent fields left out. */
public final class ServerFrames {

    private ServerFrames() {}

    /** The frame as UTF-8 JSON. */
    public static byte[] encode(ServerFrame frame) {
        return bytes(tree(frame));
    }

    /** The body of {@code GET /v1/partition}. */
    public static byte[] partition(int partition, int partitions) {
        return bytes(object().put("partition", partition).put("partitions", partitions));
    }

    private static byte[] bytes(ObjectNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectNode tree(ServerFrame frame) {
        if (frame instanceof ServerFrame.Hello hello) {
            return hello(hello);
        } else if (frame instanceof ServerFrame.CaughtUp caughtUp) {
            return typed("caughtUp").put("cursor", caughtUp.cursor());
        } else if (frame instanceof ServerFrame.Agents agents) {
            return agents(agents);
        } else if (frame instanceof ServerFrame.Accepted accepted) {
            return typed("accepted").put("id", accepted.id()).put("runId", accepted.runId());
        } else if (frame instanceof ServerFrame.Rejected rejected) {
            return typed("rejected")
                    .put("id", rejected.id())
                    .put("code", rejected.code().word())
                    .put("message", rejected.message())
                    .put("retryable", rejected.code().retryable());
        } else if (frame instanceof ServerFrame.TokenRenewed renewed) {
            return typed("token").put("expiresAt", renewed.expiresAt().toString());
        } else if (frame instanceof ServerFrame.Status status) {
            return typed("status").put("upstream", status.upstream().name().toLowerCase(Locale.ROOT));
        } else if (frame instanceof ServerFrame.Goodbye goodbye) {
            return typed("goodbye")
                    .put("code", CloseCode.GOING_AWAY.code())
                    .put("reason", goodbye.reason())
                    .put("retryAfterMs", goodbye.retryAfterMs())
                    .put("cursor", goodbye.cursor());
        }
        return typed("pong");
    }

    private static ObjectNode hello(ServerFrame.Hello hello) {
        ServerFrame.Hello.Beginning beginning = hello.beginning();
        ObjectNode node = typed("hello")
                .put("protocol", ServerFrame.PROTOCOL)
                .put("session", hello.identity().session())
                .put("user", hello.identity().user())
                .put("cursor", beginning.cursor());
        if (beginning.outcome() instanceof ServerFrame.Reset reset) {
            node.put("resume", "reset").put("reason", reset.reason());
            node.putObject("lost")
                    .put("from", reset.lost().from())
                    .put("to", reset.lost().to());
        } else {
            node.put("resume", beginning.outcome() instanceof ServerFrame.Resumed ? "resumed" : "fresh");
        }
        return node.put("partition", beginning.partition())
                .put("heartbeatSeconds", hello.terms().heartbeatSeconds())
                .put("maxFrameBytes", hello.terms().maxFrameBytes())
                .put("tokenExpiresAt", hello.terms().tokenExpiresAt().toString());
    }

    private static ObjectNode agents(ServerFrame.Agents frame) {
        ObjectNode node = typed("agents").put("complete", frame.extent() == ServerFrame.Agents.Extent.ALL);
        addAgents(node.putArray("agents"), frame.agents());
        return node;
    }

    private static void addAgents(ArrayNode array, List<ServerFrame.AgentLine> agents) {
        for (ServerFrame.AgentLine agent : agents) {
            ObjectNode line = array.addObject().put("agentId", agent.agentId()).put("status", agent.status());
            if (agent.description() != null) {
                line.put("description", agent.description());
            }
        }
    }

    private static ObjectNode typed(String type) {
        return object().put("type", type);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
