package dev.heddle.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.agents.Agent;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.langchain4j.service.TokenStream;
import java.time.Duration;
import java.util.function.Function;

/**
 * An agentic system as an agent: the run is its root, the {@link SubagentListener} emits the events of its agents, and
 * its result is the run's last message. One a run.
 */
final class AgenticAgent implements Agent {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Function<Turn, Object> system;
    private final Duration patience;

    AgenticAgent(Function<Turn, Object> system, Duration patience) {
        this.system = system;
        this.patience = patience;
    }

    @Override
    public void run(RunContext context, RunEmitter out) throws Exception {
        RunNarrator narrator = new RunNarrator(out);
        Turn turn = new Turn(context, narrator);
        context.cancellation().onRequest(narrator::stop);
        try {
            tell(system.apply(turn), turn);
        } catch (RuntimeException e) {
            context.cancellation().check();
            AiServiceAgent.end(new StreamRun.Failed(e), narrator);
        } finally {
            narrator.stop();
        }
    }

    private void tell(Object result, Turn turn) throws InterruptedException {
        RunNarrator narrator = turn.narrator();
        RunEmitter out = narrator.out();
        Throwable untold = narrator.failure();
        if (untold != null) {
            AiServiceAgent.end(new StreamRun.Failed(untold), narrator);
        } else if (!narrator.questions().isEmpty()) {
            out.interrupt(narrator.questions());
        } else if (result instanceof TokenStream stream) {
            StreamRun run = new StreamRun(narrator, StreamRun.Tools.OF_AGENT_LISTENER);
            StreamRun.Ending ending = run.run(stream, turn.context().cancellation(), patience);
            turn.subagents().finishOpen();
            AiServiceAgent.end(ending, narrator);
        } else if (result instanceof String text) {
            narrator.text(text);
            narrator.endTexts();
            out.finish();
        } else {
            JsonNode value = JSON.valueToTree(result);
            if (value.isNull()) {
                out.finish();
            } else {
                out.finish(value);
            }
        }
    }
}
