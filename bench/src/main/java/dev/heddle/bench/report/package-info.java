/**
 * What a benchmark found, and how it is told: a table, JSON, and a page with plots that needs nothing beside itself.
 *
 * <p>Made by the suites, on their thread; everything is immutable but the histograms, which nobody changes any more.
 * Invariant: what was not measured is left out, never 0.
 */
@NullMarked
package dev.heddle.bench.report;

import org.jspecify.annotations.NullMarked;
