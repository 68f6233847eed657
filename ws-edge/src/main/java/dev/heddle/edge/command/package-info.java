/**
 * Commands of clients, and the agents on offer: commands checked and appended, offers of executors merged into one
 * view.
 *
 * <p>Plain Java, no Kafka and no Vert.x type: {@code .socket} calls in from event loops, {@code .log} implements
 * {@link dev.heddle.edge.command.CommandLog} and feeds {@link dev.heddle.edge.command.OfferedAgents} from its own
 * threads. Nothing here blocks. The user of a command is the one of the authenticated session; nothing in a command can
 * name another.
 */
@NullMarked
package dev.heddle.edge.command;

import org.jspecify.annotations.NullMarked;
