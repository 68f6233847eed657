/**
 * The skeleton of a server role: its command line, its start with one line about a failure, its management port, and
 * its stop.
 *
 * <p>The edge, the executor and ingest each extend {@link dev.heddle.role.RoleCommand}. Start and close run on the main
 * thread and block it; {@link dev.heddle.role.ManagementServer} answers on an event loop of its own.
 */
@NullMarked
package dev.heddle.role;

import org.jspecify.annotations.NullMarked;
