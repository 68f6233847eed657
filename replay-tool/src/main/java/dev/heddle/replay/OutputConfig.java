package dev.heddle.replay;

import dev.heddle.replay.log.WrongUseException;
import dev.heddle.replay.output.Redaction;
import java.util.List;

/**
 * The settings of every output of the tools.
 *
 * @param redact JSON pointers to the parts of an ITEM that are blacked out; {@code *} stands for every element or field
 */
public record OutputConfig(List<String> redact) {
    public OutputConfig {
        redact = List.copyOf(redact);
        try {
            Redaction unused = Redaction.of(redact);
        } catch (WrongUseException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
