package dev.heddle.bench.report;

/**
 * A target for a measured figure.
 *
 * @param row what is aimed at, in words
 * @param bound in the unit of what was measured
 */
public record Aim(String row, double measured, Bound bound) {
    /** The side of the bound on which the aim is reached. */
    public enum Relation {
        AT_MOST("≤"),
        AT_LEAST("≥");

        private final String sign;

        Relation(String sign) {
            this.sign = sign;
        }

        public String sign() {
            return sign;
        }
    }

    /** The bound of an aim. */
    public record Bound(Relation relation, double value, String unit) {}

    /** An upper bound. */
    public static Bound atMost(double value, String unit) {
        return new Bound(Relation.AT_MOST, value, unit);
    }

    /** A lower bound. */
    public static Bound atLeast(double value, String unit) {
        return new Bound(Relation.AT_LEAST, value, unit);
    }

    public boolean isReached() {
        return bound.relation() == Relation.AT_MOST ? measured <= bound.value() : measured >= bound.value();
    }

    /** The verdict's text in a report. */
    public String verdict() {
        return isReached() ? "reached" : "NOT reached";
    }
}
