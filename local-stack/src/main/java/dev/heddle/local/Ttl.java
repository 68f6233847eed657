package dev.heddle.local;

import dev.heddle.config.DurationText;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The converter of options that are a duration of at least a second, in either case: {@code 90s}, {@code 15m}. */
final class Ttl implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        try {
            Duration duration = DurationText.parse(text.toLowerCase(Locale.ROOT));
            // Beyond what milliseconds can say it is refused, too.
            if (duration.isNegative() || duration.toMillis() < 1_000) {
                throw new TypeConversionException("'" + text + "' is not at least a second");
            }
            return duration;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new TypeConversionException("'" + text + "' is not a duration like 90s, 15m, 1h or 7d");
        }
    }
}
