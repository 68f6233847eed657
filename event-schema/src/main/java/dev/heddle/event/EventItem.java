package dev.heddle.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The wire form of one event: the JSON bytes of an ITEM, made directly from the stored Avro bytes and equal in every
 * process, and the fields by which the edge filters and joins. Immutable.
 *
 * <p>Order of the fields: eventId, threadId, runId, agentId, runSeq, runSeqFrom, attempt, event; within the event:
 * type, timestamp, the columns in the order of the schema, the fields of {@code body} in their order, metadata.
 */
public final class EventItem {
    static final SingleObject SCHEMAS = SingleObject.load("AgentEvent", 1);

    /** The most bytes that a joined item has beside its last one and all text. */
    private static final int JOINED_NAMES = 40;

    private final byte[] json;
    private final ItemLayout layout;

    private EventItem(byte[] json, ItemLayout layout) {
        this.json = json;
        this.layout = layout;
    }

    /**
     * Makes the wire form of one record of the log.
     *
     * @throws InvalidEventException if the record cannot be read, or is not this user's
     */
    public static EventItem of(UserKey recordKey, byte[] value) {
        return read(SCHEMAS.open(value), recordKey);
    }

    static EventItem read(AvroReader in, UserKey recordKey) {
        ItemWriter writer = new ItemWriter(in);
        return new EventItem(writer.write(recordKey), writer.layout());
    }

    /** The ITEM as UTF-8 JSON: the same array each time, not to be modified. */
    public byte[] json() {
        return json;
    }

    public String type() {
        return layout.type;
    }

    public String eventId() {
        return Objects.requireNonNull(text(layout.eventId));
    }

    public String threadId() {
        return Objects.requireNonNull(text(layout.threadId));
    }

    /** The id of the run; null outside any run. */
    public @Nullable String runId() {
        return text(layout.runId);
    }

    public @Nullable String agentId() {
        return text(layout.agentId);
    }

    /** The number in the run, of the last event if this item is joined; -1 outside any run. */
    public long runSeq() {
        return layout.runSeq;
    }

    /** The number of the first event of a joined item; {@link #runSeq()} if it is not joined. */
    public long runSeqFrom() {
        return layout.runSeqFrom;
    }

    /** The attempt of the run; 0 outside any run. */
    public int attempt() {
        return layout.attempt;
    }

    /** The event's own time in milliseconds since the epoch. */
    public long timestamp() {
        return layout.timestamp;
    }

    public @Nullable String messageId() {
        return text(layout.messageId);
    }

    public @Nullable String toolCallId() {
        return text(layout.toolCallId);
    }

    /** The fragment of text, reasoning or tool arguments; null if there is none. */
    public @Nullable String delta() {
        return text(layout.delta);
    }

    /** The event alone, as UTF-8 JSON. */
    public byte[] eventJson() {
        return Arrays.copyOfRange(json, layout.event, json.length - 1);
    }

    /**
     * True if {@code next}, the user's next event in the log, only continues this one's text. It is then a delta of the
     * same run, attempt, type and message, next in number, that differs only in id, time and fragment.
     */
    public boolean joins(EventItem next) {
        ItemLayout a = layout;
        ItemLayout b = next.layout;
        return isDelta()
                && next.isDelta()
                && a.type.equals(b.type)
                && a.runSeq >= 0
                && a.runSeq + 1 == b.runSeqFrom
                && a.attempt == b.attempt
                && same(end(a.eventId), a.afterIds, next, end(b.eventId), b.afterIds)
                && same(a.columns, start(a.delta), next, b.columns, start(b.delta))
                && same(end(a.delta), json.length, next, end(b.delta), next.json.length);
    }

    /** Folds events in order: each stretch of deltas that {@linkplain #joins join} becomes one event. */
    public static List<EventItem> fold(List<EventItem> events) {
        List<EventItem> folded = new ArrayList<>();
        int from = 0;
        for (int to = 1; to <= events.size(); to++) {
            if (to == events.size() || !events.get(to - 1).joins(events.get(to))) {
                folded.add(joined(events.subList(from, to)));
                from = to;
            }
        }
        return folded;
    }

    /**
     * Joins several items, of which each {@linkplain #joins joins} the next: the result has the last one's id and time,
     * all the text, and {@code runSeqFrom}. It takes time in proportion to the text.
     *
     * @param items at least one
     */
    public static EventItem joined(List<EventItem> items) {
        return items.size() == 1 ? items.get(0) : join(items);
    }

    private static EventItem join(List<EventItem> items) {
        EventItem last = items.get(items.size() - 1);
        byte[] json = last.json;
        ItemLayout from = last.layout;
        int text = 0;
        for (EventItem item : items) {
            text += end(item.layout.delta) - start(item.layout.delta);
        }
        JsonBytes out = new JsonBytes(json.length + text + JOINED_NAMES);
        ItemLayout layout = new ItemLayout();
        layout.type = from.type;
        layout.timestamp = from.timestamp;
        layout.runSeq = from.runSeq;
        layout.runSeqFrom = items.get(0).runSeqFrom();
        layout.attempt = from.attempt;
        layout.eventId = from.eventId;
        layout.threadId = from.threadId;
        layout.runId = from.runId;
        layout.agentId = from.agentId;
        layout.afterIds = from.afterIds;
        out.add(json, 0, from.afterIds);
        out.add(ItemWriter.RUN_SEQ);
        out.number(layout.runSeq);
        out.add(ItemWriter.RUN_SEQ_FROM);
        out.number(layout.runSeqFrom);
        out.add(ItemWriter.ATTEMPT);
        out.number(layout.attempt);
        out.add(ItemWriter.EVENT);
        layout.event = out.length;
        int moved = out.length - from.event;
        layout.columns = from.columns + moved;
        layout.messageId = ItemLayout.moved(from.messageId, moved);
        layout.toolCallId = ItemLayout.moved(from.toolCallId, moved);
        out.add(json, from.event, start(from.delta));
        int start = out.length;
        for (EventItem item : items) {
            out.add(item.json, start(item.layout.delta), end(item.layout.delta));
        }
        layout.delta = ItemLayout.span(start, out.length);
        out.add(json, end(from.delta), json.length);
        return new EventItem(out.toArray(), layout);
    }

    private boolean isDelta() {
        return layout.delta != ItemLayout.NONE
                && switch (layout.type) {
                    case "TEXT_MESSAGE_CONTENT", "REASONING_MESSAGE_CONTENT", "TOOL_CALL_ARGS" -> true;
                    default -> false;
                };
    }

    private boolean same(int from, int to, EventItem other, int otherFrom, int otherTo) {
        return Arrays.equals(json, from, to, other.json, otherFrom, otherTo);
    }

    private static int start(long span) {
        return ItemLayout.start(span);
    }

    private static int end(long span) {
        return ItemLayout.end(span);
    }

    private @Nullable String text(long span) {
        if (span == ItemLayout.NONE) {
            return null;
        }
        int from = start(span);
        int to = end(span);
        for (int i = from; i < to; i++) {
            if (json[i] == '\\') {
                return unescaped(from, to);
            }
        }
        return new String(json, from, to - from, UTF_8);
    }

    private String unescaped(int from, int to) {
        String escaped = new String(json, from, to - from, UTF_8);
        StringBuilder text = new StringBuilder(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char kind = escaped.charAt(++i);
            switch (kind) {
                case 'b' -> text.append('\b');
                case 't' -> text.append('\t');
                case 'n' -> text.append('\n');
                case 'f' -> text.append('\f');
                case 'r' -> text.append('\r');
                case 'u' -> {
                    text.append((char) Integer.parseInt(escaped, i + 1, i + 5, 16));
                    i += 4;
                }
                default -> text.append(kind);
            }
        }
        return text.toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof EventItem that && Arrays.equals(json, that.json));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(json);
    }

    /** Type and id; never the event's text. */
    @Override
    public String toString() {
        return layout.type + " " + eventId();
    }
}
