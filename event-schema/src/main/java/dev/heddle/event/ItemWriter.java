package dev.heddle.event;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** The writer of one item: its JSON from one Avro record, in one pass over both. For one thread, used once. */
final class ItemWriter {
    private static final byte[] EVENT_ID = ascii("{\"eventId\":");
    private static final byte[] THREAD_ID = ascii(",\"threadId\":");
    private static final byte[] RUN_ID = ascii(",\"runId\":");
    private static final byte[] AGENT_ID = ascii(",\"agentId\":");
    static final byte[] RUN_SEQ = ascii(",\"runSeq\":");
    static final byte[] RUN_SEQ_FROM = ascii(",\"runSeqFrom\":");
    static final byte[] ATTEMPT = ascii(",\"attempt\":");
    static final byte[] EVENT = ascii(",\"event\":");
    private static final byte[] TYPE = ascii("{\"type\":");
    private static final byte[] TIMESTAMP = ascii(",\"timestamp\":");
    private static final byte[] METADATA = ascii(",\"metadata\":");
    /** The most bytes of an ordinary item's fixed names. */
    private static final int NAMES = 192;

    private final AvroReader in;
    private final JsonBytes out;
    private final ItemLayout layout = new ItemLayout();

    ItemWriter(AvroReader in) {
        this.in = in;
        this.out = new JsonBytes(in.bytes.length + NAMES);
    }

    /** The layout of the item, complete once it is written. */
    ItemLayout layout() {
        return layout;
    }

    /** Writes the item and returns its JSON. */
    byte[] write(UserKey recordKey) {
        layout.eventId = id("eventId", EVENT_ID);
        in.readString();
        if (!recordKey.hasBytes(in.bytes, in.from, in.to)) {
            throw new InvalidEventException("the record's key is not the user key of its envelope");
        }
        layout.threadId = id("threadId", THREAD_ID);
        envelope();
        event();
        in.expectEnd();
        out.add('}');
        return out.toArray();
    }

    /** Writes agent and run: in the record the agent comes first, in the item the run's id. */
    private void envelope() {
        boolean hasAgent = in.readPresent();
        int agentFrom = 0;
        int agentTo = 0;
        if (hasAgent) {
            in.readString();
            agentFrom = in.from;
            agentTo = in.to;
        }
        boolean hasRun = in.readPresent();
        if (hasRun) {
            layout.runId = id("runId", RUN_ID);
        }
        if (hasAgent) {
            in.from = agentFrom;
            in.to = agentTo;
            layout.agentId = writeId("agentId", AGENT_ID);
        }
        layout.afterIds = out.length;
        if (hasRun) {
            long runSeq = in.readLong();
            int attempt = in.readInt();
            if (runSeq < 0 || attempt < 0) {
                throw new InvalidEventException("runSeq and attempt must not be negative");
            }
            layout.runSeq = runSeq;
            layout.runSeqFrom = runSeq;
            layout.attempt = attempt;
            out.add(RUN_SEQ);
            out.number(runSeq);
            out.add(ATTEMPT);
            out.number(attempt);
        }
    }

    private void event() {
        out.add(EVENT);
        layout.event = out.length;
        out.add(TYPE);
        in.readString();
        if (in.from == in.to) {
            throw new InvalidEventException("type is empty");
        }
        out.quoted(in.bytes, in.from, in.to);
        layout.type = AgUiEvents.typeOf(in.bytes, in.from, in.to);
        layout.timestamp = in.readLong();
        if (!SafeInteger.isSafe(layout.timestamp)) {
            throw new InvalidEventException("timestamp must be a safe integer");
        }
        out.add(TIMESTAMP);
        out.number(layout.timestamp);
        layout.columns = out.length;
        bodyAndMetadata(columns());
        out.add('}');
    }

    /** Writes the columns that are present and returns their set. */
    private int columns() {
        int present = EventColumns.ALWAYS;
        for (int column = 0; column < EventColumns.COUNT; column++) {
            if (in.readPresent()) {
                in.readString();
                present |= 1 << column;
                long span = string(EventColumns.prefix(column));
                if (column == EventColumns.DELTA) {
                    layout.delta = span;
                } else if (column == EventColumns.MESSAGE_ID) {
                    layout.messageId = span;
                } else if (column == EventColumns.TOOL_CALL_ID) {
                    layout.toolCallId = span;
                }
            }
        }
        return present;
    }

    private void bodyAndMetadata(int present) {
        String body = in.readOptionalText();
        String metadata = in.readOptionalText();
        if (body != null) {
            new JsonSplice(out)
                    .fields(body, metadata == null ? present : present | EventColumns.bit(EventColumns.METADATA));
        }
        if (metadata != null) {
            out.add(METADATA);
            new JsonSplice(out).object(metadata);
        }
    }

    private long id(String what, byte[] prefix) {
        in.readString();
        return writeId(what, prefix);
    }

    private long writeId(String what, byte[] prefix) {
        int bytes = in.to - in.from;
        if (bytes == 0 || bytes > Ids.MAX_BYTES) {
            throw new InvalidEventException(what + (bytes == 0 ? " is empty" : " is longer than 256 bytes"));
        }
        return string(prefix);
    }

    /** Writes the string read last and returns its span. */
    private long string(byte[] prefix) {
        out.add(prefix);
        int start = out.length + 1;
        out.quoted(in.bytes, in.from, in.to);
        return ItemLayout.span(start, out.length - 1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
