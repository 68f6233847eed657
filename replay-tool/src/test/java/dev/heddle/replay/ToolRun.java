package dev.heddle.replay;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;

/**
 * One run of a command in this process.
 *
 * @param out standard output, UTF-8
 * @param err standard error
 */
record ToolRun(int code, String out, String err) {
    static ToolRun of(Object command, String... arguments) {
        return on(new CommandLine(command), arguments);
    }

    static ToolRun on(CommandLine line, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        PrintStream standardOut = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            line.setErr(new PrintWriter(err, true));
            int code = line.execute(arguments);
            return new ToolRun(code, out.toString(StandardCharsets.UTF_8), err.toString());
        } finally {
            System.setOut(standardOut);
        }
    }

    List<String> lines() {
        return out.lines().toList();
    }
}
