package dev.heddle.bench;

import dev.heddle.bench.report.JsonForm;
import dev.heddle.bench.report.Page;
import dev.heddle.bench.report.Report;
import dev.heddle.bench.report.TextReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The command line options for a report's form and file. */
final class OutputOptions {
    private static final int OK = 0;
    private static final int FAILED = 1;

    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything is called.
    private CommandSpec spec;

    @Option(names = "--json", description = "print one JSON object instead of the table")
    private boolean json;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "where the HTML page goes (default: heddle-bench-SUITE.html in the current directory)")
    private @Nullable Path file;

    /** A new progress log, whose clock starts now. */
    ProgressLog progress() {
        return new ProgressLog(spec.commandLine().getErr());
    }

    /** Prints the report and writes its page; returns the command's exit code. */
    int publish(Report report) {
        Path page = file == null ? Path.of("heddle-bench-" + report.suite() + ".html") : file;
        try {
            Path parent = page.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.writeString(page, Page.of(report));
        } catch (IOException e) {
            throw new BenchFailedException("cannot write " + page + ": " + e.getMessage(), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? JsonForm.of(report) + "\n" : TextReport.of(report));
        out.flush();
        spec.commandLine().getErr().println("report: " + page);
        spec.commandLine().getErr().flush();
        return report.isSound() ? OK : FAILED;
    }
}
