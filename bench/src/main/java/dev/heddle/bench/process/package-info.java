/**
 * The processes that a benchmark measures, each a JVM of its own, and the resources that they use: CPU time,
 * allocation, collections, heap, resident memory.
 *
 * <p>Called by the suites, on their thread. Invariant: a process that was launched here ends with the benchmark,
 * however that ends; it is only ever ended by its own handle.
 */
@NullMarked
package dev.heddle.bench.process;

import org.jspecify.annotations.NullMarked;
