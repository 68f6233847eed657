package dev.heddle.executor;

import picocli.CommandLine;

/** The executor as a process of its own, with nothing of the other roles on its class path. */
public final class ExecutorMain {

    private ExecutorMain() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new ExecutorCommand()).execute(args));
    }
}
