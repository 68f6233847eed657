package dev.heddle.langchain4j;

import dev.heddle.agents.Agent;
import dev.heddle.agents.PublishFailedException;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.RunEndedException;
import dev.heddle.event.InvalidEventException;
import dev.langchain4j.service.TokenStream;
import java.time.Duration;
import java.util.function.Function;

/** An AI service as an agent: it runs the service's token stream to the end and emits its output. One a run. */
final class AiServiceAgent implements Agent {

    private final Function<Turn, TokenStream> service;
    private final Duration patience;

    /** @param patience for how long the model may be silent, while no tool is at work, before the run fails */
    AiServiceAgent(Function<Turn, TokenStream> service, Duration patience) {
        this.service = service;
        this.patience = patience;
    }

    @Override
    public void run(RunContext context, RunEmitter out) throws Exception {
        RunNarrator narrator = new RunNarrator(out);
        Turn turn = new Turn(context, narrator);
        try {
            StreamRun stream = new StreamRun(narrator, StreamRun.Tools.OF_STREAM);
            end(stream.run(service.apply(turn), context.cancellation(), patience), narrator);
        } catch (WaitingForHuman e) {
            out.interrupt(narrator.questions());
        } finally {
            narrator.stop();
        }
    }

    /** Ends the run as its stream ended. A bug or a cancellation is passed on to the executor. */
    static void end(StreamRun.Ending ending, RunNarrator narrator) {
        RunEmitter out = narrator.out();
        Throwable untold = narrator.failure();
        if (untold != null) {
            end(new StreamRun.Failed(untold), out);
        } else if (!narrator.questions().isEmpty()) {
            out.interrupt(narrator.questions());
        } else {
            end(ending, out);
        }
    }

    private static void end(StreamRun.Ending ending, RunEmitter out) {
        if (ending instanceof StreamRun.Failed failed) {
            pass(failed.why(), Error.class);
            pass(failed.why(), PublishFailedException.class);
            pass(failed.why(), RunEndedException.class);
            pass(failed.why(), InvalidEventException.class);
            ModelFailure failure = ModelFailure.of(failed.why());
            failure.log(failed.why(), out.address());
            out.fail(failure.code(), failure.message());
        } else {
            out.finish();
        }
    }

    private static <T extends Throwable> void pass(Throwable failure, Class<T> type) throws T {
        T found = Causes.find(failure, type);
        if (found != null) {
            throw found;
        }
    }
}
