package dev.heddle.executor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.AgentProvider;
import dev.heddle.agents.AgentSpec;
import dev.heddle.agents.RecordedRun;
import dev.heddle.agents.ResumableAgent;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.TextStream;
import dev.heddle.agents.Tool;
import dev.heddle.agents.ToolRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Agents for tests with several processes; each executor on the tests' class path offers them. */
public final class TestAgents implements AgentProvider {

    @Override
    public List<AgentSpec> agents() {
        return List.of(
                new AgentSpec("holder", "Says a word and waits until it is stopped.", () -> TestAgents::hold),
                new AgentSpec("talker", "Says words until it is stopped.", () -> TestAgents::talk),
                AgentSpec.resumable("worker", "Calls its tool, again and again.", Worker::new)
                        .withTools(work()));
    }

    private static void hold(RunContext context, RunEmitter out) throws InterruptedException {
        out.message().write("holding");
        new CountDownLatch(1).await();
    }

    private static void talk(RunContext context, RunEmitter out) throws InterruptedException {
        TextStream message = out.message();
        while (!context.cancellation().isRequested()) {
            message.write("word ");
            context.cancellation().pause(Duration.ofMillis(20));
        }
    }

    /** Notes each call in the file that the run was given, so that a test sees how often it was really called. */
    private static Tool work() {
        ObjectNode schema =
                CommandSender.json("{'type':'object','properties':{'n':{'type':'integer'}},'required':['n']}");
        return Tool.of("work", schema, call -> {
            note(call);
            call.context().cancellation().pause(Duration.ofMillis(5));
            return "worked " + call.arguments().path("n").asInt();
        });
    }

    private static void note(Tool.Call call) throws IOException {
        String file = call.context().input().forwardedProps().path("file").asText();
        if (!file.isEmpty()) {
            String line = call.context().user().value() + " "
                    + call.context().address().runId() + " " + call.toolCallId() + " "
                    + ProcessHandle.current().pid() + "\n";
            Files.writeString(Path.of(file), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    /** Makes {@code calls} calls, under ids that are the same in each attempt. */
    private static final class Worker implements ResumableAgent {
        @Override
        public void run(RunContext context, RunEmitter out) throws InterruptedException {
            int calls = context.input().forwardedProps().path("calls").asInt(3);
            for (int n = 0; n < calls; n++) {
                ObjectNode arguments = CommandSender.json("{'n':" + n + "}");
                context.tools().call(new ToolRequest("call-" + n, "work", arguments));
                context.cancellation()
                        .pause(Duration.ofMillis(context.input()
                                .forwardedProps()
                                .path("intervalMs")
                                .asInt(20)));
            }
        }

        @Override
        public void resume(RunContext context, RecordedRun recorded, RunEmitter out) throws InterruptedException {
            run(context, out);
        }
    }
}
