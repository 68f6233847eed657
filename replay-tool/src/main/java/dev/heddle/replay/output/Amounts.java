package dev.heddle.replay.output;

import java.util.Locale;

/** The text forms of sizes, times and shares for people. */
public final class Amounts {
    private static final int BAR = 30;
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Amounts() {}

    /** A number of bytes in its largest unit, with about three digits. */
    public static String bytes(long count) {
        double left = count;
        int unit = 0;
        while (left >= 1024 && unit < UNITS.length - 1) {
            left /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", left, UNITS[unit]);
    }

    /** A length of time in milliseconds, in its two largest units. */
    public static String millis(long millis) {
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
        }
        long minutes = millis / 60_000;
        if (minutes < 60) {
            return minutes + " min " + millis / 1_000 % 60 + " s";
        }
        long hours = minutes / 60;
        return hours < 48 ? hours + " h " + minutes % 60 + " min" : hours / 24 + " d " + hours % 24 + " h";
    }

    /** A bar whose length is the amount's share of the largest. */
    public static String bar(long amount, long largest) {
        int length = largest == 0 ? 0 : (int) Math.round((double) BAR * amount / largest);
        return "█".repeat(length) + (length == 0 && amount > 0 ? "▏" : "");
    }

    /** A whole number with its digits in groups of three. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
