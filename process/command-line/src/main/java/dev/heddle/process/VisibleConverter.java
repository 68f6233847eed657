package dev.heddle.process;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;
import java.util.stream.Collectors;

/**
 * {@code %visible(…)} of the log's pattern: text of clients, such as an id, has no effect on a terminal that shows the
 * log. The lines of a stack trace stay lines.
 */
public final class VisibleConverter extends CompositeConverter<ILoggingEvent> {
    @Override
    protected String transform(ILoggingEvent event, String text) {
        if (event.getThrowableProxy() == null || text.indexOf('\n') < 0) {
            return VisibleText.of(text);
        }
        return text.lines().map(line -> escaped(line) + System.lineSeparator()).collect(Collectors.joining());
    }

    /** The tab before a frame of a stack trace is its own. */
    private static String escaped(String line) {
        return line.startsWith("\t") ? "\t" + VisibleText.of(line.substring(1)) : VisibleText.of(line);
    }
}
