package dev.heddle.executor;

import dev.heddle.testing.TestJvm;
import dev.heddle.testing.TestProcess;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** An executor in a process of its own. */
final class ExecutorProcess {
    private ExecutorProcess() {}

    /** What the process runs. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ExecutorCommand()).execute(arguments));
    }

    /** Returns when the process has printed {@code ready}. */
    static TestProcess start(String bootstrap, String... sets) {
        TestProcess executor = launch(bootstrap, sets);
        executor.ready();
        return executor;
    }

    /** Returns at once, so that several start side by side. */
    static TestProcess launch(String bootstrap, String... sets) {
        List<String> arguments = new ArrayList<>(List.of("--bootstrap", bootstrap));
        for (String set : sets) {
            arguments.addAll(List.of("--set", set));
        }
        return TestProcess.start(
                "executor",
                TestJvm.program(ExecutorProcess.class.getName(), List.of("-Xmx256m"), arguments)
                        .redirectError(ProcessBuilder.Redirect.INHERIT));
    }
}
