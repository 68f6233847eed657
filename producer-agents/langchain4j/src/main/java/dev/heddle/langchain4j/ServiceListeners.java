package dev.heddle.langchain4j;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.RunEndedException;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.observability.api.event.GuardrailExecutedEvent;
import dev.langchain4j.observability.api.listener.AiServiceListener;
import dev.langchain4j.observability.api.listener.AiServiceRequestIssuedListener;
import dev.langchain4j.observability.api.listener.AiServiceResponseReceivedListener;
import dev.langchain4j.observability.api.listener.InputGuardrailExecutedListener;
import dev.langchain4j.observability.api.listener.OutputGuardrailExecutedListener;
import java.util.List;
import java.util.function.Consumer;

/**
 * Listeners for an AI service that emit the events its token stream lacks: a step for each round trip to the model, and
 * a CUSTOM event {@code edge.guardrail} for each guardrail. They are stateless: the turn comes with each event's
 * invocation parameters, so one set serves every run of a service, and an invocation without a turn is ignored.
 */
public final class ServiceListeners {

    private ServiceListeners() {}

    /** All listeners, for {@code AiServices.registerListeners}. */
    public static List<AiServiceListener<?>> all() {
        AiServiceRequestIssuedListener issued = event -> tell(event.invocationContext(), RunNarrator::requestIssued);
        AiServiceResponseReceivedListener received =
                event -> tell(event.invocationContext(), RunNarrator::responseReceived);
        InputGuardrailExecutedListener input = event -> tellGuardrail("input", event);
        OutputGuardrailExecutedListener output = event -> tellGuardrail("output", event);
        return List.of(issued, received, input, output);
    }

    private static void tellGuardrail(String kind, GuardrailExecutedEvent<?, ?, ?> event) {
        ObjectNode value = JsonNodeFactory.instance
                .objectNode()
                .put("kind", kind)
                .put("name", event.guardrailName())
                .put("result", event.result().result().name());
        ObjectNode custom = RunNarrator.event("CUSTOM").put("name", "edge.guardrail");
        custom.set("value", value);
        tell(event.invocationContext(), narrator -> narrator.emit(custom));
    }

    private static void tell(InvocationContext context, Consumer<RunNarrator> telling) {
        Turn turn = Turn.find(context.invocationParameters());
        if (turn == null || turn.narrator().isStopped()) {
            return;
        }
        try {
            telling.accept(turn.narrator());
        } catch (RunEndedException over) {
            turn.narrator().stop();
        } catch (RuntimeException | Error e) {
            // LangChain4j may swallow the exception and go on.
            turn.narrator().broken(e);
            throw e;
        }
    }
}
