package dev.heddle.edge.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.InvalidEventException;
import dev.heddle.testing.Mutations;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Mutations of what good clients send, to the readers of bodies and paths. */
class AgUiInputFuzzTest {

    private static final int INPUTS = 20_000;
    private static final long SEED = Long.getLong("heddle.fuzz.seed", 20_261_201);

    @Test
    void aBodyIsReadOrRefused() {
        ObjectNode answering = AgUiRequests.input("t", "r");
        answering.putArray("resume").addObject().put("interruptId", "i").put("status", "resolved");
        ObjectNode full = AgUiRequests.input("ü", "r/1").put("protocolVersion", "1.0");
        full.putNull("parentRunId").putObject("state").putArray("a").add(1.5e300);
        full.putArray("tools")
                .addObject()
                .put("name", "n")
                .put("description", "d")
                .putNull("parameters");
        Random random = new Random(SEED);
        List<byte[]> seeds = List.of(
                AgUiRequests.input("t", "r").toString().getBytes(UTF_8),
                answering.toString().getBytes(UTF_8),
                full.toString().getBytes(UTF_8));
        for (int i = 0; i < INPUTS; i++) {
            byte[] body = Mutations.of(seeds, random);
            try {
                AgUiInput input = AgUiInput.parse(body);
                input.answered();
                input.command("agent");
            } catch (InvalidEventException refused) {
                assertNotNull(refused.getMessage());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + SEED + ", input " + i + ": " + new String(body, ISO_8859_1), e);
            }
        }
    }

    @Test
    void aPathIsReadOrNot() {
        Random random = new Random(SEED);
        List<byte[]> seeds = List.of(
                "/v1/agui/echo".getBytes(UTF_8),
                "/v1/agui/e%20c%C3%BCho/runs/r%2F1+2".getBytes(UTF_8),
                "/v1/agui//runs/".getBytes(UTF_8));
        for (int i = 0; i < INPUTS; i++) {
            String path = new String(Mutations.of(seeds, random), ISO_8859_1);
            AgUiPath read = AgUiPath.of(path);
            if (read != null && (read.agentId().isEmpty() || "".equals(read.runId()))) {
                throw new AssertionError("seed " + SEED + ", input " + i + ": " + path);
            }
        }
    }
}
