/**
 * A benchmark's results and their three forms: a table, JSON, and a self-contained page with plots.
 *
 * <p>The suites make reports, on their thread. Everything is immutable, and the histograms are no longer changed.
 * Invariant: a value that was not measured is left out, never 0.
 */
@NullMarked
package dev.heddle.bench.report;

import org.jspecify.annotations.NullMarked;
