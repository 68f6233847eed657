/**
 * The API that puts an agent's events into the log: {@link dev.heddle.agents.Publisher}, one
 * {@link dev.heddle.agents.RunEmitter} a run, and {@link dev.heddle.agents.Agent} for the work that an executor runs.
 *
 * <p>Agents' own code calls in, on any thread; the package owns no thread but Kafka's. An emitter is the only way to
 * append for its run: it numbers the events, refuses those that AG-UI 1.0 forbids and holds its caller back while Kafka
 * has not acknowledged enough. {@link dev.heddle.executor.Executor} and the two commands are wiring: only they know the
 * {@code runtime} package, and nothing else here knows them.
 */
@NullMarked
package dev.heddle.agents;

import org.jspecify.annotations.NullMarked;
