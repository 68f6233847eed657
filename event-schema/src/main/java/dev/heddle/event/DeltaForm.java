package dev.heddle.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The encoder of all deltas of one stream: a message's, a span of reasoning's, or a tool call's arguments. Deltas
 * differ in event id, number, time and text; the bytes between those are encoded once. It exists because most stored
 * events are deltas.
 *
 * <p>The result equals {@link EventCodec}'s, which encodes the first delta; this class keeps the pieces. Immutable, for
 * any thread.
 */
public final class DeltaForm {
    private static final int ID_BYTES = 1 + EventIds.LENGTH;

    private final byte[] start;
    private final byte[] idToNumber;
    private final byte[] numberToTime;
    private final byte[] timeToText;
    private final byte[] end;

    /**
     * Makes the encoder of a stream.
     *
     * @param type of its events: {@code TEXT_MESSAGE_CONTENT} and the like
     * @param idField what names the stream: {@code messageId} or {@code toolCallId}
     * @throws InvalidEventException if the envelope or the id cannot be stored
     */
    public static DeltaForm of(Envelope envelope, String type, String idField, String id) {
        if (envelope.run() == null || !Utf8.isWellFormed(id)) {
            throw new InvalidEventException("deltas are of a run, and their stream's id is well-formed");
        }
        ObjectNode empty = Json.object()
                .put("type", type)
                .put(idField, id)
                .put("delta", "")
                .put("timestamp", 0);
        return new DeltaForm(new AgentEvent(envelope.withEventId(EventIds.next()), empty));
    }

    private DeltaForm(AgentEvent empty) {
        DeltaFields at = new DeltaFields();
        byte[] value = EventCodec.encode(empty, at);
        start = Arrays.copyOf(value, at.idEnd - ID_BYTES);
        idToNumber = Arrays.copyOfRange(value, at.idEnd, at.numberStart);
        numberToTime = Arrays.copyOfRange(value, at.numberEnd, at.timeStart);
        timeToText = Arrays.copyOfRange(value, at.timeEnd, at.textEnd - 1);
        end = Arrays.copyOfRange(value, at.textEnd, value.length);
    }

    /**
     * True if the text can be stored in this form: not null, and without half a surrogate pair, which UTF-8 cannot
     * hold.
     */
    public static boolean takes(@Nullable String text) {
        return text != null && Utf8.isWellFormed(text);
    }

    /**
     * Encodes the next delta, with a new event id.
     *
     * @param runSeq not negative
     * @param timestamp ms since the epoch
     * @param text as {@link #takes} allows
     */
    public byte[] encode(long runSeq, long timestamp, String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        int size = start.length
                + ID_BYTES
                + idToNumber.length
                + AvroWriter.lengthOf(runSeq)
                + numberToTime.length
                + AvroWriter.lengthOf(timestamp)
                + timeToText.length
                + AvroWriter.lengthOf(utf8.length)
                + utf8.length
                + end.length;
        AvroWriter out = AvroWriter.ofSize(size);
        out.add(start);
        out.number(EventIds.LENGTH);
        EventIds.next(out);
        out.add(idToNumber);
        out.number(runSeq);
        out.add(numberToTime);
        out.number(timestamp);
        out.add(timeToText);
        out.utf8(utf8);
        out.add(end);
        return out.bytes;
    }
}
