package dev.heddle.event;

import java.util.List;

/** The making of one item from several that continue each other. Used once. */
final class ItemJoin {
    private final List<EventItem> items;
    private final EventItem last;
    private final JsonBytes out;
    private final ItemShape shape = new ItemShape();

    ItemJoin(List<EventItem> items) {
        this.items = items;
        this.last = items.get(items.size() - 1);
        int text = last.json().length + 40;
        for (EventItem item : items) {
            text += ItemShape.end(item.shape().delta) - ItemShape.start(item.shape().delta);
        }
        this.out = new JsonBytes(text);
    }

    EventItem join() {
        ItemShape from = last.shape();
        byte[] json = last.json();
        shape.type = from.type;
        shape.timestamp = from.timestamp;
        shape.runSeq = from.runSeq;
        shape.runSeqFrom = items.get(0).runSeqFrom();
        shape.attempt = from.attempt;
        shape.eventId = from.eventId;
        shape.threadId = from.threadId;
        shape.runId = from.runId;
        shape.agentId = from.agentId;
        shape.afterIds = from.afterIds;
        out.add(json, 0, from.afterIds);
        out.add(ItemWriter.RUN_SEQ);
        out.number(shape.runSeq);
        out.add(ItemWriter.RUN_SEQ_FROM);
        out.number(shape.runSeqFrom);
        out.add(ItemWriter.ATTEMPT);
        out.number(shape.attempt);
        out.add(ItemWriter.EVENT);
        shape.event = out.length;
        int moved = out.length - from.event;
        shape.columns = from.columns + moved;
        shape.messageId = moved(from.messageId, moved);
        shape.toolCallId = moved(from.toolCallId, moved);
        out.add(json, from.event, ItemShape.start(from.delta));
        int start = out.length;
        for (EventItem item : items) {
            long delta = item.shape().delta;
            out.add(item.json(), ItemShape.start(delta), ItemShape.end(delta));
        }
        shape.delta = ItemShape.span(start, out.length);
        out.add(json, ItemShape.end(from.delta), json.length);
        return new EventItem(out.toArray(), shape);
    }

    /** The span of a field of the event that stands before the delta. */
    private static long moved(long span, int by) {
        return span == ItemShape.NONE ? span : ItemShape.span(ItemShape.start(span) + by, ItemShape.end(span) + by);
    }
}
