package dev.heddle.replay;

import dev.heddle.replay.log.Range;
import dev.heddle.replay.log.RangeBound;
import dev.heddle.replay.log.WrongUseException;
import picocli.CommandLine.Option;

/** The options that select a range of the log. */
final class RangeOptions {
    @Option(
            names = "--from",
            paramLabel = "WHERE",
            defaultValue = "earliest",
            description = "earliest, latest, an ISO-8601 instant (by the time of appending) or offset:N"
                    + " (default: ${DEFAULT-VALUE})")
    private String from = "earliest";

    @Option(
            names = "--to",
            paramLabel = "WHERE",
            defaultValue = "latest",
            description = "what it ends before: latest, an instant or offset:N (default: ${DEFAULT-VALUE})")
    private String to = "latest";

    Range range() {
        RangeBound begin = RangeBound.begin(from, null);
        if (begin instanceof RangeBound.Last) {
            throw new WrongUseException("--from last:N is for replay only");
        }
        return new Range(begin, RangeBound.end(to));
    }
}
