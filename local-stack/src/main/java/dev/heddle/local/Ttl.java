package dev.heddle.local;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people write them: {@code 90s}, {@code 15m}, {@code 1h}, {@code 7d}, or ISO-8601. */
final class Ttl implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        String iso = text.toUpperCase(Locale.ROOT);
        if (iso.matches("\\d+[SMH]")) {
            iso = "PT" + iso;
        } else if (iso.matches("\\d+D")) {
            iso = "P" + iso;
        }
        try {
            Duration duration = Duration.parse(iso);
            // Beyond what milliseconds can say it is refused, too.
            if (duration.isNegative() || duration.toMillis() < 1_000) {
                throw new TypeConversionException("'" + text + "' is not at least a second");
            }
            return duration;
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new TypeConversionException("'" + text + "' is not a duration like 90s, 15m, 1h or 7d");
        }
    }
}
