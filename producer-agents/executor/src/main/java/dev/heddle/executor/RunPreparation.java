package dev.heddle.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.AgentRegistry;
import dev.heddle.agents.AgentSpec;
import dev.heddle.agents.RunEmitter;
import dev.heddle.agents.RunInput;
import dev.heddle.event.AgentCommand;
import dev.heddle.event.RunResume;
import dev.heddle.event.RunStart;
import dev.heddle.event.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The preparation of a run from its command and the log: its agent, its input, the part of the input that the log gets,
 * and the check of answers to interrupts. Belongs to the dispatch thread.
 */
final class RunPreparation {

    private static final Logger log = LoggerFactory.getLogger(RunPreparation.class);
    private static final List<String> KEPT = List.of("tools", "context", "forwardedProps");

    private final AgentRegistry agents;
    private final ExecutorMetrics metrics;
    private final KnownMessages memory;

    /** The result of preparing a run whose turn has come. */
    sealed interface Result {
        record Open(PreparedRun prepared) implements Result {}

        record Refused(CommandReply reply) implements Result {}
    }

    RunPreparation(AgentRegistry agents, ExecutorMetrics metrics, KnownMessages memory) {
        this.agents = agents;
        this.metrics = metrics;
        this.memory = memory;
    }

    /** The part of the thread that has to be read back before the run can be opened; null for none. */
    ThreadReader.@Nullable Reach needs(ScheduledRun scheduled) {
        if (!(scheduled.command() instanceof RunStart start) || hasAnswers(start.input())) {
            return ThreadReader.Reach.ALL;
        }
        boolean known = memory.isComplete(scheduled.threadKey()) || scheduled.before() != null;
        // A single unknown message counts as new: otherwise each thread's first message would cause a read.
        return known
                        || unknown(start.input(), memory.ids(scheduled.threadKey()))
                                        .size()
                                <= 1
                ? null
                : ThreadReader.Reach.NEWEST;
    }

    private static boolean hasAnswers(ObjectNode input) {
        return !input.path("resume").isEmpty();
    }

    /** Keeps the ids of messages and answered calls of a run that has ended. */
    void remember(ScheduledRun scheduled, RunEmitter out) {
        memory.add(scheduled.threadKey(), known(out.messageIds(), out.answeredCalls()));
    }

    private static Set<String> known(Set<String> messageIds, Set<String> answeredCalls) {
        Set<String> known = new HashSet<>(messageIds);
        answeredCalls.forEach(call -> known.add(KnownMessages.resultOf(call)));
        return known;
    }

    /** @param fold the thread so far without this run, if it was needed */
    Result open(ScheduledRun scheduled, @Nullable ThreadFold fold) {
        if (fold != null) {
            memory.learn(scheduled.threadKey(), known(fold.messageIds(), fold.answeredCalls()));
            tellFaults(scheduled, fold);
        }
        AgentCommand command = scheduled.command();
        if (command instanceof RunResume resume && fold != null) {
            return resume(scheduled, resume.resume(), fold);
        }
        if (command instanceof RunStart start) {
            return start(scheduled, start, fold);
        }
        return new Result.Refused(CommandReply.INVALID);
    }

    /** Reports the events that could not be folded. The run goes on: a client that got the same events has no more. */
    private void tellFaults(ScheduledRun scheduled, ThreadFold fold) {
        if (!fold.faults().isEmpty()) {
            metrics.faults(fold.faults());
            log.atWarn()
                    .addKeyValue("partition", scheduled.record().assignment().partition())
                    .addKeyValue("run", scheduled.runKey().runId())
                    .addKeyValue("events", fold.faults())
                    .log("Events of the run's thread do not fit and were left out");
        }
    }

    private Result start(ScheduledRun scheduled, RunStart start, @Nullable ThreadFold fold) {
        RunInput told = new RunInput(toldOf(scheduled, start.input()));
        if (fold == null || !hasAnswers(start.input())) {
            return open(scheduled, start.agentId(), new RunInput(start.input()), told);
        }
        JsonNode answers = start.input().path("resume");
        if (scheduled.before() == null) {
            CommandReply refusal = judge(scheduled, answers, fold);
            if (refusal != null) {
                return new Result.Refused(refusal);
            }
        }
        // The log decides on the questions asked: the client's version of those messages does not count.
        ObjectNode input = start.input().deepCopy();
        ArrayNode messages = fold.messages();
        unknown(input, known(fold.messageIds(), fold.answeredCalls())).forEach(messages::add);
        input.set("messages", messages);
        return open(scheduled, start.agentId(), new RunInput(input, askedBy(answers, fold)), told);
    }

    private static List<ObjectNode> askedBy(JsonNode answers, ThreadFold fold) {
        List<ObjectNode> asked = new ArrayList<>();
        for (JsonNode answer : answers) {
            ThreadFold.Asked interrupt =
                    fold.open().get(answer.path("interruptId").asText());
            if (interrupt != null) {
                asked.add(interrupt.interrupt());
            }
        }
        return asked;
    }

    private ObjectNode toldOf(ScheduledRun scheduled, ObjectNode input) {
        Set<String> known = memory.ids(scheduled.threadKey());
        if (known.isEmpty() || !(input.path("messages") instanceof ArrayNode)) {
            return input;
        }
        ObjectNode told = input.deepCopy();
        ArrayNode unknown = told.putArray("messages");
        unknown(input, known).forEach(unknown::add);
        return told;
    }

    /**
     * The messages of an input that the log does not hold. Clients send the whole conversation again, with ids of their
     * own for the agents' messages and for results, so these count as known once the log knows the thread, and a result
     * once its call has one.
     *
     * @param known ids that the log holds of the thread; empty for a new thread
     */
    private static List<JsonNode> unknown(ObjectNode input, Set<String> known) {
        List<JsonNode> unknown = new ArrayList<>();
        for (JsonNode message : input.path("messages")) {
            boolean isNew = !known.contains(message.path("id").asText());
            boolean isTaken =
                    switch (message.path("role").asText()) {
                        case "assistant", "reasoning" -> known.isEmpty();
                        case "tool" ->
                            !known.contains(KnownMessages.resultOf(
                                    message.path("toolCallId").asText()));
                        default -> true;
                    };
            if (isNew && isTaken) {
                unknown.add(message);
            }
        }
        return unknown;
    }

    private Result resume(ScheduledRun scheduled, ArrayNode answers, ThreadFold fold) {
        LoggedRun trace = scheduled.trace();
        if (trace != null) {
            // The log has decided: this run's RUN_STARTED holds the answers.
            RunInput input = inputOf(answers, fold, null);
            return open(scheduled, String.valueOf(trace.agentId()), input, input);
        }
        CommandReply refusal = judge(scheduled, answers, fold);
        if (refusal != null) {
            return new Result.Refused(refusal);
        }
        ThreadFold.Asked asked =
                fold.open().get(answers.path(0).path("interruptId").asText());
        if (asked == null || asked.agentId() == null) {
            return new Result.Refused(CommandReply.NOTHING_TO_RESUME);
        }
        RunInput told = inputOf(answers, fold, asked);
        told.json().remove("state");
        told.json().putArray("messages");
        return open(scheduled, asked.agentId(), inputOf(answers, fold, asked), told);
    }

    private Result open(ScheduledRun scheduled, String agentId, RunInput input, RunInput told) {
        AgentSpec spec = agents.find(agentId).orElse(null);
        return spec == null
                ? new Result.Refused(CommandReply.UNKNOWN_AGENT)
                : new Result.Open(new PreparedRun(spec, input, told, scheduled.before()));
    }

    private static RunInput inputOf(ArrayNode answers, ThreadFold fold, ThreadFold.@Nullable Asked asked) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        input.set("messages", fold.messages());
        JsonNode state = fold.state();
        if (state != null) {
            input.set("state", state.deepCopy());
        }
        if (asked != null) {
            input.put("parentRunId", asked.runId());
            KEPT.stream()
                    .filter(asked.input()::has)
                    .forEach(field -> input.set(field, asked.input().get(field).deepCopy()));
        }
        input.set("resume", answers.deepCopy());
        return new RunInput(input, askedBy(answers, fold));
    }

    /**
     * The refusal of answers that come too late or break AG-UI's rule, else null. The rule: they answer all interrupts
     * of one run, each once, and nothing else.
     */
    private static @Nullable CommandReply judge(ScheduledRun scheduled, JsonNode answers, ThreadFold fold) {
        Set<String> given = new HashSet<>();
        Set<String> runs = new HashSet<>();
        for (JsonNode answer : answers) {
            String id = answer.path("interruptId").asText();
            ThreadFold.Asked asked = fold.open().get(id);
            if (asked == null) {
                return fold.isAnswered(id) ? CommandReply.ALREADY_RESOLVED : CommandReply.NOTHING_TO_RESUME;
            }
            if (answer.path("status").asText().equals("resolved")
                    && isExpired(asked.interrupt(), scheduled.record().at())) {
                return CommandReply.EXPIRED;
            }
            runs.add(asked.runId());
            if (!given.add(id)) {
                return CommandReply.INVALID;
            }
        }
        boolean all = fold.open().entrySet().stream()
                .allMatch(entry -> !runs.contains(entry.getValue().runId()) || given.contains(entry.getKey()));
        if (runs.isEmpty()) {
            return CommandReply.NOTHING_TO_RESUME;
        }
        return runs.size() == 1 && all ? null : CommandReply.INVALID;
    }

    /**
     * True if the answer came too late, by the log's time. An unreadable time counts as past. Cancelling is possible at
     * any time: it is the way past an interrupt that was not answered in time.
     */
    private static boolean isExpired(ObjectNode interrupt, Instant answered) {
        JsonNode expiresAt = interrupt.path("expiresAt");
        if (expiresAt.isMissingNode()) {
            return false;
        }
        Instant end = expiresAt.isTextual() ? Timestamps.read(expiresAt.textValue()) : null;
        return end == null || !answered.isBefore(end);
    }
}
