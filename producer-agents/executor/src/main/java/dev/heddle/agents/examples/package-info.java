/**
 * Agents that need no model, written to be copied: each shows a part of what an agent can tell its user.
 *
 * <p>Executors create one per run and call it on the run's thread. None keeps anything beyond its run.
 */
@NullMarked
package dev.heddle.agents.examples;

import org.jspecify.annotations.NullMarked;
