/**
 * Agents that need no model, written to be copied: each shows some of the events that an agent can send its user.
 *
 * <p>Executors create one per run and call it on the run's thread. None keeps anything beyond its run.
 */
@NullMarked
package dev.heddle.agents.examples;

import org.jspecify.annotations.NullMarked;
