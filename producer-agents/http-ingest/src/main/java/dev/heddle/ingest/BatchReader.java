package dev.heddle.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.AgUiEvents;
import dev.heddle.event.AgentEvent;
import dev.heddle.event.Envelope;
import dev.heddle.event.EventCodec;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.event.RunPlace;
import dev.heddle.event.Sha256;
import dev.heddle.event.UserKey;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reader of a request's body as a batch: every item is checked and encoded before anything is appended. Safe on any
 * thread; not for an event loop, since a large batch takes tens of milliseconds.
 */
final class BatchReader {

    private final IngestConfig.Limits limits;
    private final InstantSource clock;

    BatchReader(IngestConfig.Limits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /** The result of reading a body: a batch, or the refusal. */
    record Read(@Nullable Batch batch, IngestResponse.@Nullable Refused problem) {}

    Read read(UserKey user, byte[] body) {
        ObjectNode json;
        try {
            json = Json.parseObject(body);
        } catch (InvalidEventException e) {
            return refused(IngestResponse.Reason.INVALID, e.getMessage(), null);
        }
        Batch.Address address;
        int attempt;
        try {
            address =
                    new Batch.Address(user, text(json, "threadId"), text(json, "runId"), optionalText(json, "agentId"));
            attempt = Math.toIntExact(whole(json, "attempt", 0, Integer.MAX_VALUE));
        } catch (InvalidEventException e) {
            return refused(IngestResponse.Reason.INVALID, e.getMessage(), null);
        }
        if (!(json.get("events") instanceof ArrayNode events) || events.isEmpty()) {
            return refused(IngestResponse.Reason.INVALID, "events must be an array with at least one item", null);
        }
        if (events.size() > limits.batchEvents()) {
            return refused(
                    IngestResponse.Reason.TOO_LARGE,
                    "a batch has at most " + limits.batchEvents() + " events, not " + events.size(),
                    null);
        }
        return items(new Batch(address, attempt, List.of()), events);
    }

    private Read items(Batch frame, ArrayNode events) {
        List<Batch.Item> items = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            try {
                Batch.Item item = item(frame, events.get(i));
                if (i > 0 && item.runSeq() != items.get(i - 1).runSeq() + 1) {
                    throw new InvalidEventException("runSeq " + item.runSeq() + " does not follow "
                            + items.get(i - 1).runSeq());
                }
                if (item.value().length > limits.eventBytes()) {
                    return refused(
                            IngestResponse.Reason.TOO_LARGE,
                            "events[" + i + "]: the event has " + item.value().length + " bytes, more than "
                                    + limits.eventBytes(),
                            i);
                }
                items.add(item);
            } catch (InvalidEventException e) {
                return refused(IngestResponse.Reason.INVALID, "events[" + i + "]: " + e.getMessage(), i);
            }
        }
        return new Read(new Batch(frame.address(), frame.attempt(), List.copyOf(items)), null);
    }

    private Batch.Item item(Batch frame, JsonNode node) {
        if (!(node instanceof ObjectNode json) || !(json.get("event") instanceof ObjectNode event)) {
            throw new InvalidEventException("must be an object with runSeq and event");
        }
        if (!json.has("runSeq")) {
            throw new InvalidEventException("runSeq is missing");
        }
        long runSeq = whole(json, "runSeq", 0, Long.MAX_VALUE - 1);
        AgUiEvents.validate(event);
        String type = event.path("type").asText();
        if (AgUiEvents.CHUNK_TYPES.contains(type)) {
            throw new InvalidEventException(type + " is never stored: send START, CONTENT and END");
        }
        Batch.Address address = frame.address();
        if (type.equals("RUN_STARTED") || type.equals("RUN_FINISHED")) {
            requireSame(event, "threadId", address.threadId());
            requireSame(event, "runId", address.runId());
        }
        long content = EventDigest.of(event);
        String given = optionalText(json, "eventId");
        String eventId = given != null ? given : derivedId(frame, runSeq, content);
        Envelope envelope = new Envelope(
                eventId,
                address.user(),
                address.threadId(),
                address.agentId(),
                new RunPlace(address.runId(), runSeq, frame.attempt()));
        AgentEvent stamped = AgentEvent.stamped(envelope, event, clock.millis());
        Batch.Identity identity =
                Batch.Identity.of(frame.attempt(), content, given, event.has("timestamp") ? stamped.timestamp() : null);
        return new Batch.Item(
                new Batch.Label(runSeq, eventId, stamped.timestamp()), identity, EventCodec.encode(stamped));
    }

    private static void requireSame(ObjectNode event, String field, String expected) {
        if (!event.path(field).asText().equals(expected)) {
            throw new InvalidEventException(event.path("type").asText() + "." + field + " is not the batch's");
        }
    }

    /** An event id that depends only on the event's content and its place in the run, not on its notation. */
    private static String derivedId(Batch frame, long runSeq, long content) {
        MessageDigest digest = Sha256.digest();
        update(digest, frame.address().user().value());
        update(digest, frame.address().runId());
        update(digest, frame.attempt() + "/" + runSeq);
        update(digest, Long.toHexString(content));
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    private static void update(MessageDigest digest, String part) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static String text(ObjectNode json, String field) {
        String text = optionalText(json, field);
        if (text == null) {
            throw new InvalidEventException(field + " is missing");
        }
        return text;
    }

    private static @Nullable String optionalText(ObjectNode json, String field) {
        JsonNode value = json.get(field);
        if (value == null) {
            return null;
        }
        if (!value.isTextual() || value.textValue().isEmpty()) {
            throw new InvalidEventException(field + " must be a string that is not empty");
        }
        return value.textValue();
    }

    private static long whole(ObjectNode json, String field, long least, long most) {
        JsonNode value = json.get(field);
        if (value == null) {
            return least;
        }
        // In any notation: 1.0 and 1e0 are 1.
        BigDecimal exact = value.isNumber() ? value.decimalValue() : BigDecimal.valueOf(-1);
        if (exact.compareTo(BigDecimal.valueOf(least)) < 0
                || exact.compareTo(BigDecimal.valueOf(most)) > 0
                || (exact.scale() > 0 && exact.stripTrailingZeros().scale() > 0)) {
            throw new InvalidEventException(field + " must be a whole number from " + least + " to " + most);
        }
        return exact.longValueExact();
    }

    private static Read refused(IngestResponse.Reason reason, @Nullable String message, @Nullable Integer index) {
        return new Read(null, new IngestResponse.Refused(reason, message == null ? "" : message, index));
    }
}
