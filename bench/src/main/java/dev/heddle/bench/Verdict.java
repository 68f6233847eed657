package dev.heddle.bench;

import dev.heddle.bench.load.Fleet;
import dev.heddle.bench.report.Check;
import dev.heddle.bench.report.Curve;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;

/** Judging what a fleet was given. */
final class Verdict {
    private Verdict() {}

    /**
     * The promises.
     *
     * @param end behind each user's last event, by index
     */
    static List<Check> promises(String who, Fleet fleet, IntToLongFunction end) {
        return List.of(
                complete(who, fleet, end),
                new Check(
                        who + ": no connection was cut",
                        fleet.cuts() == 0,
                        fleet.cuts() + " cut, refused " + fleet.refusals()));
    }

    /** The promises of those who are meant to be cut. */
    static Check complete(String who, Fleet fleet, IntToLongFunction end) {
        long lacking = fleet.lacking(end);
        return new Check(
                who + ": every event once, in order, and nobody else's",
                fleet.tally().faults().isNone() && lacking == 0,
                String.format(
                        Locale.ROOT,
                        "%d received; %s; %d never came",
                        fleet.tally().received(),
                        fleet.tally().faults(),
                        lacking));
    }

    /** No event of these was later than so many ms. */
    static Check punctual(Curve curve, long limitMillis) {
        long limit = TimeUnit.MILLISECONDS.toNanos(limitMillis);
        long late = curve.nanos().getTotalCount() - curve.nanos().getCountBetweenValues(0, limit);
        return new Check(
                String.format(Locale.ROOT, "%s: no event later than %d ms", curve.name(), limitMillis),
                late == 0,
                String.format(Locale.ROOT, "%d were, the latest %.1f ms", late, curve.maxMillis()));
    }
}
