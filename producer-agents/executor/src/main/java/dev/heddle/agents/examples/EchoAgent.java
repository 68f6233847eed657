package dev.heddle.agents.examples;

import dev.heddle.agents.Agent;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.TextStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An agent that streams the last user message back word by word. It is the smallest one: read the input, open a
 * message, write.
 *
 * <p>Each word carries the white space before it, so the pieces joined are exactly the text.
 */
public final class EchoAgent implements Agent {

    private static final Pattern WORD = Pattern.compile("\\s*\\S+|\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    @Override
    public void run(RunContext context, RunEmitter out) {
        try (TextStream message = out.message()) {
            Matcher words = WORD.matcher(context.input().lastUserText());
            while (words.find()) {
                message.write(words.group());
            }
        }
    }
}
