/**
 * LangChain4j's AI services and agentic systems as Heddle's agents: their callbacks become AG-UI events of the run.
 *
 * <p>A team calls {@link dev.heddle.langchain4j.LangChain4jAgents}; the executor calls the agents that it makes, one a
 * run, on the run's thread. LangChain4j calls back on threads of its own (its HTTP client's, those of concurrent
 * tools), and all of them meet in the run's {@code RunNarrator}, whose lock makes one order of them before the run's
 * one emitter. The run travels in {@code InvocationParameters} and in the agentic scope, not in a thread local, since
 * the callbacks hop threads.
 *
 * <p>Invariants: each fact has one source (a callback of the token stream, or a listener, never both); a tool call's id
 * is used once in a run, whatever the provider sends; after the run's end nothing is emitted and the model's stream is
 * cut.
 */
@NullMarked
package dev.heddle.langchain4j;

import org.jspecify.annotations.NullMarked;
