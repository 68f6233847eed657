package dev.heddle.executor;

import dev.heddle.agents.AgentProvider;
import dev.heddle.agents.AgentRegistry;
import java.util.concurrent.CompletableFuture;

/**
 * A process that runs agents: it takes commands from {@code agent-commands}, shared with the other executors of its
 * group, and runs an agent for each. Owns its threads; safe to use from any.
 */
public final class Executor implements AutoCloseable {

    private final AgentRuntime runtime;
    /** Copied once: the future would keep a copy for each call as long as the executor runs. */
    private final CompletableFuture<Void> ready;

    private final CompletableFuture<Void> ended;

    private Executor(AgentRuntime runtime) {
        this.runtime = runtime;
        this.ready = runtime.ready().copy();
        this.ended = runtime.ended().copy();
    }

    /** Starts an executor that offers the agents of the {@linkplain AgentProvider providers} on the class path. */
    public static Executor start(ExecutorConfig config) {
        return start(config, AgentRegistry.discovered());
    }

    /**
     * Starts an executor that offers these agents. Returns before commands are taken: see {@link #ready}.
     *
     * @throws IllegalStateException if the topics have another partition count than configured
     * @throws dev.heddle.topic.TopicException if the topics are missing or Kafka cannot be reached
     * @throws dev.heddle.role.RoleException if the management port cannot be opened
     */
    public static Executor start(ExecutorConfig config, AgentRegistry agents) {
        return new Executor(AgentRuntime.start(config, agents));
    }

    /** Completes when commands are taken; fails if the executor cannot work. */
    public CompletableFuture<Void> ready() {
        return ready;
    }

    /** Completes when the executor has stopped: with a failure if it stopped by itself. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /** True if commands are taken and Kafka has answered lately. */
    public boolean isReady() {
        return runtime.isReady();
    }

    /** The port of health and metrics, or {@link ExecutorConfig.Management#NONE}. */
    public int managementPort() {
        return runtime.managementPort();
    }

    /**
     * Stops: begins nothing new, lets runs finish for {@code runs.drain}, commits, and leaves the group. Runs that have
     * not finished by then are left to the next executor if their agent can go on, and end as cancelled if it cannot.
     * Runs that were waiting are left to the next executor.
     */
    @Override
    public void close() {
        runtime.close();
    }
}
