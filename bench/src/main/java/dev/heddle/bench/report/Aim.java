package dev.heddle.bench.report;

/**
 * A figure that is to be reached with the parameters of its row.
 *
 * @param row what is aimed at, in words
 * @param bound in the unit of what was measured
 */
public record Aim(String row, double measured, Bound bound) {
    /** Which side is good. */
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

    /** What it is compared with. */
    public record Bound(Relation relation, double value, String unit) {}

    /** Reached from below. */
    public static Bound atMost(double value, String unit) {
        return new Bound(Relation.AT_MOST, value, unit);
    }

    /** Reached from above. */
    public static Bound atLeast(double value, String unit) {
        return new Bound(Relation.AT_LEAST, value, unit);
    }

    public boolean isReached() {
        return bound.relation() == Relation.AT_MOST ? measured <= bound.value() : measured >= bound.value();
    }

    /** How it is said. */
    public String verdict() {
        return isReached() ? "reached" : "NOT reached";
    }
}
