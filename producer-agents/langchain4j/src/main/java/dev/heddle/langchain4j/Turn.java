package dev.heddle.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.agents.Approval;
import dev.heddle.agents.RunContext;
import dev.heddle.agents.RunInput;
import dev.langchain4j.agentic.scope.AgenticScope;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.memory.ChatMemory;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One run as LangChain4j's code sees it: its context, its input, the person's answers, and the way to ask the person.
 * Made for the run and handed along in {@link InvocationParameters}; safe on any thread.
 */
public final class Turn {

    /** The key of the turn in {@link InvocationParameters}, and of the parameters in an agentic scope. */
    public static final String KEY = "heddle";

    private static final int LONGEST_MEMORY = 10_000;

    private final RunContext context;
    private final RunNarrator narrator;
    private final Subagents subagents;
    private final InvocationParameters parameters;
    /** The approvals that have been used, by the id of their questions. */
    private final Set<String> approved = ConcurrentHashMap.newKeySet();

    Turn(RunContext context, RunNarrator narrator) {
        this.context = context;
        this.narrator = narrator;
        this.subagents = new Subagents(narrator);
        this.parameters = InvocationParameters.from(KEY, this);
    }

    /**
     * The turn of these parameters, for a tool or a listener that is handed them.
     *
     * @throws IllegalStateException if the parameters are not those of a turn
     */
    public static Turn of(InvocationParameters parameters) {
        Turn turn = find(parameters);
        if (turn == null) {
            throw new IllegalStateException("not called with the parameters of a turn");
        }
        return turn;
    }

    /**
     * The turn of an agentic system's scope.
     *
     * @throws IllegalStateException if the system was not invoked with {@link #inputs}
     */
    public static Turn of(AgenticScope scope) {
        Turn turn = find(scope);
        if (turn == null) {
            throw new IllegalStateException("the agentic system was not invoked with the inputs of a turn");
        }
        return turn;
    }

    static @Nullable Turn find(@Nullable InvocationParameters parameters) {
        return parameters != null && parameters.asMap().get(KEY) instanceof Turn turn ? turn : null;
    }

    static @Nullable Turn find(AgenticScope scope) {
        return scope.state().get(KEY) instanceof InvocationParameters parameters ? find(parameters) : null;
    }

    /** The run's own context: user, thread, run, input, cancellation and deadline. */
    public RunContext context() {
        return context;
    }

    /** The parameters to be passed to the AI service; tools and listeners find the run in them. */
    public InvocationParameters parameters() {
        return parameters;
    }

    /**
     * The inputs to invoke an agentic system with: these entries, each resolved answer under its question's id, and the
     * {@link #parameters} under {@link #KEY}.
     */
    public Map<String, Object> inputs(Map<String, ?> entries) {
        Map<String, Object> inputs = new HashMap<>(entries);
        for (JsonNode entry : resumed()) {
            if (entry.path("status").asText().equals("resolved") && entry.has("payload")) {
                inputs.put(entry.path("interruptId").asText(), Conversation.plain(entry.get("payload")));
            }
        }
        inputs.put(KEY, parameters);
        return inputs;
    }

    /** The person's last message or, if the run was resumed by answers, those answers. Never blank. */
    public String prompt() {
        return Conversation.prompt(context.input());
    }

    /** The conversation before {@link #prompt}, oldest first, in a form that every model takes. */
    public List<ChatMessage> history() {
        return Conversation.before(context.input());
    }

    /** A memory for this run alone that begins with the {@link #history}; only the log remembers beyond the run. */
    public ChatMemory memory() {
        ChatMemory memory = MessageWindowChatMemory.builder()
                .id(context.address().threadId())
                .maxMessages(LONGEST_MEMORY)
                .alwaysKeepSystemMessageFirst(true)
                .build();
        memory.add(history());
        return memory;
    }

    /**
     * The answer to a question. If there is none yet, the run ends with the outcome {@code interrupt}; the next run,
     * which the answer starts, asks again and gets it.
     *
     * <p>An answer to a {@link Question#approval} counts for the tool call that asked, with its arguments, and a yes
     * counts for one call: any other call under the same id asks anew.
     *
     * @throws WaitingForHuman if there is no answer yet
     */
    public ModelAnswer ask(Question question) {
        JsonNode entry = context.input().answer(question.id()).orElse(null);
        if (entry != null && !(question.isApproval() && isAboutAnother(question))) {
            ModelAnswer answer = answer(entry);
            boolean isUsedUp = question.isApproval() && answer.isApproved() && !approved.add(question.id());
            if (!isUsedUp) {
                return answer;
            }
        }
        narrator.waitFor(question);
        throw new WaitingForHuman(question);
    }

    private static ModelAnswer answer(JsonNode entry) {
        if (!entry.path("status").asText().equals("resolved")) {
            return new ModelAnswer.Cancelled();
        }
        return new ModelAnswer.Resolved(entry.has("payload") ? entry.get("payload") : MissingNode.getInstance());
    }

    /** True if an earlier interrupt with this id asked for something else. */
    private boolean isAboutAnother(Question question) {
        RunInput input = context.input();
        CallAtWork call = narrator.callAtWork();
        ObjectNode asked = input.asked(question.id()).orElse(null);
        if (asked == null) {
            return call != null && !isToldOf(input, call);
        } else if (call == null) {
            return asked.has("toolCallId") || !asked.path("message").asText().equals(question.message());
        }
        return !Approval.asksFor(asked, input, call.tool(), call.arguments());
    }

    /**
     * True if the conversation has this call without a result: outside an executor it is the only record of the
     * question.
     */
    private static boolean isToldOf(RunInput input, CallAtWork call) {
        Set<String> answered = new HashSet<>();
        input.messages()
                .forEach(message -> answered.add(message.path("toolCallId").asText()));
        for (JsonNode message : input.messages()) {
            for (JsonNode told : message.path("toolCalls")) {
                JsonNode function = told.path("function");
                boolean isSame = function.path("name").asText().equals(call.tool())
                        && Approval.areSame(
                                CallAtWork.parse(function.path("arguments").asText()), call.arguments());
                if (isSame && !answered.contains(told.path("id").asText())) {
                    return true;
                }
            }
        }
        return false;
    }

    private JsonNode resumed() {
        return context.input().json().path("resume");
    }

    RunNarrator narrator() {
        return narrator;
    }

    Subagents subagents() {
        return subagents;
    }

    /** A constant, since some code logs the parameters that hold the turn. */
    @Override
    public String toString() {
        return "Turn";
    }
}
