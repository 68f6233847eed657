package dev.heddle.edge.command;

import dev.heddle.edge.protocol.ClientFrame;
import dev.heddle.edge.protocol.RejectCode;
import dev.heddle.edge.protocol.ServerFrame;
import dev.heddle.event.AgentCommand;
import dev.heddle.event.UserKey;
import dev.heddle.trace.TraceSpan;
import dev.heddle.trace.Tracing;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The desk that takes clients' commands: a command is read, appended, and accepted only once the log has acknowledged
 * it. Any thread.
 */
public final class CommandDesk {

    private final CommandIntake intake;
    private final CommandLog log;
    private final Tracing tracing;

    public CommandDesk(CommandIntake intake, CommandLog log, Tracing tracing) {
        this.intake = intake;
        this.tracing = tracing;
        this.log = log;
    }

    /**
     * Takes one command that belongs to no trace; see {@link #submit(UserKey, ClientFrame.Command, byte[], Consumer)}.
     */
    public void submit(UserKey user, ClientFrame.Command frame, Consumer<ServerFrame> answer) {
        submit(user, frame, null, answer);
    }

    /**
     * Takes one command.
     *
     * @param trace the header of the trace that the command belongs to; null for none
     * @param answer given {@link ServerFrame.Accepted} or {@link ServerFrame.Rejected} exactly once, on any thread,
     *     perhaps before this returns
     */
    public void submit(UserKey user, ClientFrame.Command frame, byte @Nullable [] trace, Consumer<ServerFrame> answer) {
        CommandIntake.Result result = intake.read(user, frame);
        if (result instanceof CommandIntake.Result.Ready ready) {
            TraceSpan step = tracing.begin("heddle.command", trace);
            log.append(ready.command(), step.header(), outcome -> {
                if (outcome == CommandLog.Outcome.APPENDED) {
                    step.end();
                } else {
                    step.fail(outcome.name());
                }
                answer.accept(answer(ready.command(), outcome));
            });
        } else if (result instanceof CommandIntake.Result.Refused refused) {
            answer.accept(new ServerFrame.Rejected(frame.id(), refused.code(), refused.message()));
        }
    }

    private static ServerFrame answer(AgentCommand command, CommandLog.Outcome outcome) {
        String id = command.header().id();
        return switch (outcome) {
            case APPENDED -> new ServerFrame.Accepted(id, command.header().runId());
            case TOO_LARGE ->
                new ServerFrame.Rejected(id, RejectCode.TOO_LARGE, "the command is larger than the log takes");
            case UNAVAILABLE ->
                new ServerFrame.Rejected(
                        id, RejectCode.UNAVAILABLE, "the log is away; send the same command again later");
        };
    }
}
