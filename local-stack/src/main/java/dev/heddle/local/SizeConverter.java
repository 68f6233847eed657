package dev.heddle.local;

import dev.heddle.config.ByteSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The converter of sizes in the form of settings: {@code 512B}, {@code 64KiB}, {@code 4MiB}; at most 1 GiB. */
final class SizeConverter implements ITypeConverter<ByteSize> {
    private static final long LARGEST = 1L << 30;

    @Override
    public ByteSize convert(String text) {
        try {
            ByteSize size = ByteSize.of(text);
            if (size.bytes() <= LARGEST) {
                return size;
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new TypeConversionException("'" + text + "' is not a size like 512B, 64KiB or 4MiB");
        }
        throw new TypeConversionException("'" + text + "' is more than 1GiB");
    }
}
