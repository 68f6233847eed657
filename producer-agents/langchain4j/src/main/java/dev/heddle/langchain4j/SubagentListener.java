package dev.heddle.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.agents.RunEndedException;
import dev.langchain4j.agentic.internal.DelayedResponse;
import dev.langchain4j.agentic.internal.PendingResponse;
import dev.langchain4j.agentic.observability.AfterAgentToolExecution;
import dev.langchain4j.agentic.observability.AgentInvocationError;
import dev.langchain4j.agentic.observability.AgentListener;
import dev.langchain4j.agentic.observability.AgentRequest;
import dev.langchain4j.agentic.observability.AgentResponse;
import dev.langchain4j.agentic.observability.BeforeAgentToolExecution;
import dev.langchain4j.agentic.scope.AgenticScope;
import dev.langchain4j.service.TokenStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The listener for the root of an agentic system: it emits the events of the system's agents and their tools. It is
 * stateless: the turn comes with each event's scope, so one listener serves every run of a system, and an invocation
 * without a turn is ignored.
 */
public final class SubagentListener implements AgentListener {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * True for every {@link SubagentListener}, so that an agent that inherits a second one still emits each event once.
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SubagentListener;
    }

    @Override
    public int hashCode() {
        return SubagentListener.class.hashCode();
    }

    @Override
    public boolean inheritedBySubagents() {
        return true;
    }

    @Override
    public void beforeAgentInvocation(AgentRequest request) {
        tell(request.agenticScope(), turn -> turn.subagents().begin(request.agent()));
    }

    @Override
    public void afterAgentInvocation(AgentResponse response) {
        tell(response.agenticScope(), turn -> finish(turn, response));
    }

    private static void finish(Turn turn, AgentResponse response) {
        Object output = response.output();
        if (response.chatResponse() != null) {
            turn.narrator().used(response.chatResponse());
        }
        if (output instanceof PendingResponse<?> pending && !pending.isDone()) {
            Question question =
                    new Question(pending.responseId(), "input", response.agent().description(), null);
            turn.narrator().waitFor(question);
            turn.subagents().suspend(response.agent(), question.id());
            // An agent that needs the answer would wait for it in this process, but the answer starts another run.
            pending.completeExceptionally(new WaitingForHuman(question));
        } else if (output instanceof TokenStream || output instanceof DelayedResponse<?>) {
            turn.subagents().stream(response.agent());
        } else {
            turn.subagents().finish(response.agent(), json(output));
        }
    }

    private static @Nullable JsonNode json(@Nullable Object output) {
        try {
            return JSON.valueToTree(output);
        } catch (IllegalArgumentException notJson) {
            return null;
        }
    }

    @Override
    public void onAgentInvocationError(AgentInvocationError error) {
        tell(error.agenticScope(), turn -> {
            WaitingForHuman waiting = Causes.find(error.error(), WaitingForHuman.class);
            if (waiting != null) {
                turn.subagents().suspend(error.agent(), waiting.question().id());
            } else {
                turn.subagents().fail(error.agent(), ModelFailure.of(error.error()));
            }
        });
    }

    @Override
    public void beforeAgentToolExecution(BeforeAgentToolExecution before) {
        tell(before.agenticScope(), turn -> turn.narrator()
                .begins(before.toolExecution().request(), turn.subagents().current(before.agentInstance())));
    }

    @Override
    public void afterAgentToolExecution(AfterAgentToolExecution after) {
        tell(after.agenticScope(), turn -> turn.narrator()
                .executed(
                        after.toolExecution().request(),
                        after.toolExecution().result(),
                        turn.subagents().current(after.agentInstance())));
        Turn turn = after.agenticScope() == null ? null : Turn.find(after.agenticScope());
        if (turn != null) {
            turn.narrator().refuseToGoOn();
        }
    }

    private static void tell(@Nullable AgenticScope scope, Consumer<Turn> telling) {
        Turn turn = scope == null ? null : Turn.find(scope);
        if (turn == null || turn.narrator().isStopped()) {
            return;
        }
        try {
            telling.accept(turn);
        } catch (RunEndedException over) {
            turn.narrator().stop();
        } catch (RuntimeException | Error e) {
            // LangChain4j may swallow the exception and go on.
            turn.narrator().broken(e);
            throw e;
        }
    }
}
