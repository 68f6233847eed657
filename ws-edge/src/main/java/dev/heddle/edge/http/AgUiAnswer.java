package dev.heddle.edge.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.edge.socket.AnswerBody;
import dev.heddle.edge.socket.DeliveredEvent;
import dev.heddle.event.Cursor;
import dev.heddle.event.Json;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The answer that tells one run in AG-UI, up to its terminal event. */
final class AgUiAnswer implements AnswerBody {

    private static final String REPLY = "heddle.command";

    private final Address run;
    private final Dialect dialect;
    private final AgUiFraming framing;
    private boolean whole;
    private @Nullable Prelude prelude;
    private @Nullable String refusal;
    private boolean complete;

    /**
     * The run of an answer.
     *
     * @param commandId the command that starts it; null if another request did
     */
    record Address(String threadId, String runId, @Nullable String commandId) {}

    /** The extent of an answer. */
    enum Extent {
        /** All of the run. */
        WHOLE,
        /** The events after a cursor of the client's. */
        CONTINUED
    }

    AgUiAnswer(Address run, Dialect dialect, AgUiFraming framing, Extent extent) {
        this.run = run;
        this.dialect = dialect;
        this.framing = framing;
        this.whole = extent == Extent.WHOLE;
    }

    /** The answer to a command that was refused before, with this code. */
    AgUiAnswer refusedWith(String code) {
        refusal = code;
        return this;
    }

    /** An answer with nothing left to tell. */
    AgUiAnswer completed() {
        complete = true;
        return this;
    }

    @Override
    public void take(DeliveredEvent event, Consumer<byte[]> out) {
        if (complete) {
            return;
        }
        if (!event.inRun()) {
            takeReply(event, out);
            return;
        }
        if (whole) {
            whole = false;
            if (!event.type().equals("RUN_STARTED") && !event.type().equals("RUN_ERROR")) {
                Prelude missing = new Prelude(run.threadId(), run.runId());
                prelude = missing;
                tell(missing.begin(), null, out);
            }
        }
        if (prelude == null) {
            tell(event.type(), event.json(), event.cursor(), out);
        } else {
            List<ObjectNode> events = prelude.complete(Json.parseObject(event.json()));
            for (int i = 0; i < events.size(); i++) {
                tell(events.get(i), i + 1 < events.size() ? null : event.cursor(), out);
            }
        }
        complete = event.type().equals("RUN_FINISHED") || event.type().equals("RUN_ERROR");
    }

    /** Ends the answer if an event outside any run says that the run's command was refused. */
    private void takeReply(DeliveredEvent event, Consumer<byte[]> out) {
        if (run.commandId() == null || !event.type().equals("CUSTOM")) {
            return;
        }
        ObjectNode reply = Json.parseObject(event.json());
        JsonNode value = reply.path("value");
        if (reply.path("name").asText().equals(REPLY)
                && value.path("id").asText().equals(run.commandId())) {
            tell(refused(value.path("code").asText()), null, out);
            complete = true;
        }
    }

    /** The terminal event of a run that was never begun. */
    static ObjectNode refused(String code) {
        return Json.object()
                .put("type", "RUN_ERROR")
                .put("message", "The command was not carried out: " + code)
                .put("code", code);
    }

    private void tell(ObjectNode event, @Nullable Cursor cursor, Consumer<byte[]> out) {
        tell(event.path("type").asText(), Json.text(event).getBytes(UTF_8), cursor, out);
    }

    private void tell(String type, byte[] event, @Nullable Cursor cursor, Consumer<byte[]> out) {
        byte[] translated = dialect.translate(type, event);
        if (translated != null) {
            framing.write(translated, cursor == null ? null : cursor.encode(), out);
        }
    }

    @Override
    public void caughtUp(Consumer<byte[]> out) {
        if (refusal != null) {
            tell(refused(refusal), null, out);
            complete = true;
        }
    }

    @Override
    public byte[] idle() {
        return framing.idle();
    }

    @Override
    public boolean isComplete() {
        return complete;
    }
}
