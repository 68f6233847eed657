package dev.heddle.langchain4j;

import dev.heddle.event.EventIds;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.response.PartialToolCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The mapping of LangChain4j's callbacks to AG-UI tool calls. The pieces of a call name it by its index in the round,
 * the whole call by the provider's id, its execution by the request object. Providers also leave ids out, send them
 * late, or reuse one in the next round, which would append to a call that is over. Not thread-safe: the narrator's lock
 * guards it.
 */
final class ToolCalls {

    /** One call. */
    static final class Call {
        private final int index;
        private final String id;
        private final String tool;
        private @Nullable String providerId;
        private final StringBuilder arguments = new StringBuilder();
        private boolean whole;
        private boolean executing;

        private Call(int index, String id, String tool) {
            this.index = index;
            this.id = id;
            this.tool = tool;
        }

        /** The call's id in the run. */
        String id() {
            return id;
        }

        String tool() {
            return tool;
        }

        boolean hasArguments() {
            return arguments.length() > 0;
        }

        boolean isWhole() {
            return whole;
        }

        void complete() {
            whole = true;
        }
    }

    private final Set<String> usedIds = new HashSet<>();
    private final List<Call> round = new ArrayList<>();
    private final IdentityHashMap<ToolExecutionRequest, Call> executions = new IdentityHashMap<>();
    private boolean roundIsOver;

    /** Notes that the model speaks again: calls from now on belong to the next round. */
    void speaks() {
        if (roundIsOver) {
            roundIsOver = false;
            round.clear();
        }
    }

    /** Ends the model's round. */
    void endRound() {
        speaks();
        roundIsOver = true;
    }

    /** The call that this piece belongs to; a new one if the piece is its first. */
    Found piece(PartialToolCall piece) {
        speaks();
        for (Call call : round) {
            if (call.index == piece.index() && !call.whole) {
                call.arguments.append(piece.partialArguments());
                return new Found(call, Novelty.KNOWN);
            }
        }
        Call call = open(piece.index(), piece.id(), piece.name());
        call.arguments.append(piece.partialArguments());
        return new Found(call, Novelty.NEW);
    }

    /** The calls of a round that is complete, in the order in which the model made them. */
    List<Found> whole(List<ToolExecutionRequest> requests) {
        List<Found> found = new ArrayList<>();
        Set<Call> taken = new HashSet<>();
        for (ToolExecutionRequest request : requests) {
            Found call = match(request, taken);
            taken.add(call.call());
            found.add(call);
        }
        return found;
    }

    /** The call that is about to be executed. */
    Found begin(ToolExecutionRequest request) {
        Set<Call> busy = new HashSet<>();
        for (Call call : round) {
            if (call.executing) {
                busy.add(call);
            }
        }
        Found found = match(request, busy);
        found.call().executing = true;
        executions.put(request, found.call());
        return found;
    }

    /** The call that has been executed; a new one if no callback announced it. */
    Found end(ToolExecutionRequest request) {
        Call call = executions.remove(request);
        return call != null ? new Found(call, Novelty.KNOWN) : begin(request);
    }

    /** The distinction of a call that was opened for the callback from a known one. */
    enum Novelty {
        NEW,
        KNOWN
    }

    record Found(Call call, Novelty novelty) {
        boolean isNew() {
            return novelty == Novelty.NEW;
        }
    }

    private Found match(ToolExecutionRequest request, Set<Call> taken) {
        Call byName = null;
        for (Call call : round) {
            if (taken.contains(call) || !call.tool.equals(request.name())) {
                continue;
            }
            if (request.id() != null && request.id().equals(call.providerId)) {
                return new Found(call, Novelty.KNOWN);
            }
            if (byName == null || (isSame(call, request) && !isSame(byName, request))) {
                byName = call;
            }
        }
        if (byName != null) {
            return new Found(byName, Novelty.KNOWN);
        }
        return new Found(open(round.size(), request.id(), request.name()), Novelty.NEW);
    }

    private static boolean isSame(Call call, ToolExecutionRequest request) {
        return request.arguments() != null && request.arguments().contentEquals(call.arguments);
    }

    private Call open(int index, @Nullable String providerId, String tool) {
        String id =
                providerId != null && !providerId.isBlank() && usedIds.add(providerId) ? providerId : EventIds.next();
        usedIds.add(id);
        Call call = new Call(index, id, tool);
        call.providerId = providerId;
        round.add(call);
        return call;
    }
}
