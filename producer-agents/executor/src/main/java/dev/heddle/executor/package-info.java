/**
 * The executor, which runs agents: it takes commands from {@code agent-commands}, and each one ends in events.
 *
 * <p>Only {@link dev.heddle.executor.Executor} calls in. Five kinds of threads:
 *
 * <ul>
 *   <li>{@code heddle-commands} polls Kafka, decodes and commits ({@link dev.heddle.executor.CommandLoop});
 *   <li>{@code heddle-dispatch} owns all state about commands, threads and runs
 *       ({@link dev.heddle.executor.Dispatcher}); other threads hand their results to it;
 *   <li>{@code heddle-run-N}, one a run, and for a moment one a stop, belong to the agents;
 *   <li>{@code heddle-tool-N} run tools, {@code heddle-commits-N} commit the fences' transactions;
 *   <li>{@code heddle-recovery-N} take partitions over, {@code heddle-threads-N} read threads back from the log.
 * </ul>
 *
 * <p>Invariants: a command's offset is committed only when the command and all before it in its partition have ended in
 * acknowledged events. Commands are read however many wait; {@link dev.heddle.executor.Backlog} bounds the waiting
 * ones, and an agent that does not end costs its thread and not its place ({@link dev.heddle.executor.OverdueAgents}).
 * Everything that is appended for a command goes through the fence of its partition's assignment. One thread id of one
 * user has at most one run at a time. At most one {@link dev.heddle.executor.ScheduledRun} holds a run.
 */
@NullMarked
package dev.heddle.executor;

import org.jspecify.annotations.NullMarked;
