package dev.heddle.edge;

import picocli.CommandLine;

/** The edge as a process of its own. */
public final class EdgeMain {

    private EdgeMain() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new EdgeCommand()).execute(args));
    }
}
