package dev.heddle.replay;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle completion}: prints a script for shell completion of all commands and options. */
@Command(
        name = "completion",
        description = "Print a script that completes commands and options in a shell.",
        footerHeading = "%nExamples:%n",
        footer = {"  bash, zsh:  source <(heddle completion bash)", "  fish:       heddle completion fish | source"})
public final class CompletionCommand implements Callable<Integer> {
    /** The supported shells. */
    enum Shell {
        bash,
        zsh,
        fish
    }

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    private Shell shell = Shell.bash;

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        CommandLine root = spec.root().commandLine();
        String name = spec.root().name();
        // The same script serves bash and zsh: it loads zsh's emulation of bash's completion by itself.
        ToolOptions.out().print(shell == Shell.fish ? fish(name, root) : AutoComplete.bash(name, root));
        return 0;
    }

    private static String fish(String name, CommandLine root) {
        StringBuilder script = new StringBuilder("complete -c " + name + " -f\n");
        for (Map.Entry<String, CommandLine> each : root.getSubcommands().entrySet()) {
            CommandSpec command = each.getValue().getCommandSpec();
            if (command.usageMessage().hidden()) {
                continue;
            }
            script.append("complete -c ")
                    .append(name)
                    .append(" -n __fish_use_subcommand -a ")
                    .append(each.getKey());
            script.append(" -d ")
                    .append(quoted(first(command.usageMessage().description())))
                    .append('\n');
            for (OptionSpec option : command.options()) {
                script.append("complete -c ").append(name);
                script.append(" -n '__fish_seen_subcommand_from ")
                        .append(each.getKey())
                        .append("'");
                for (String form : option.names()) {
                    script.append(form.startsWith("--") ? " -l " + form.substring(2) : " -s " + form.substring(1));
                }
                script.append(option.arity().max() > 0 ? " -r" : "");
                script.append(" -d ")
                        .append(quoted(first(option.description())))
                        .append('\n');
            }
        }
        return script.toString();
    }

    private static String first(String[] lines) {
        return lines.length == 0 ? "" : lines[0];
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
