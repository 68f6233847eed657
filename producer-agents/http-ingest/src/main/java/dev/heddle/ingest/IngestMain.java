package dev.heddle.ingest;

import picocli.CommandLine;

/** The ingest as a process of its own, with nothing of the other roles on its class path. */
public final class IngestMain {

    private IngestMain() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new IngestCommand()).execute(args));
    }
}
