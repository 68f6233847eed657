package dev.heddle.bench;

import dev.heddle.bench.load.Fleet;
import dev.heddle.bench.report.Check;
import dev.heddle.bench.report.Curve;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;

/** Checks the events that a fleet received. */
final class Verdict {
    private Verdict() {}

    /**
     * The checks of a fleet that keeps its connections: every event arrived, and no connection was lost.
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

    /** The check that every event arrived once and in order; for a fleet whose connections are meant to be lost. */
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

    /** The check that no event was later than {@code limitMillis} ms. */
    static Check punctual(Curve curve, long limitMillis) {
        long limit = TimeUnit.MILLISECONDS.toNanos(limitMillis);
        long late = curve.nanos().getTotalCount() - curve.nanos().getCountBetweenValues(0, limit);
        return new Check(
                String.format(Locale.ROOT, "%s: no event later than %d ms", curve.name(), limitMillis),
                late == 0,
                String.format(Locale.ROOT, "%d were, the latest %.1f ms", late, curve.maxMillis()));
    }
}
