package dev.heddle.bench.report;

/**
 * One measured number.
 *
 * @param of what it was measured of: {@code edge}, {@code bare socket}, …
 * @param name what it is, in the plural or with its unit's noun: {@code CPU per event}
 * @param unit {@code ms}, {@code µs}, {@code bytes}, …; empty for counts and ratios
 */
public record Figure(String of, String name, double value, String unit) {}
