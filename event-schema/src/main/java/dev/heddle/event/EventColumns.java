package dev.heddle.event;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The AG-UI fields that have a column of their own in {@code AgentEvent.avsc}, in the order of the columns. */
final class EventColumns {
    /** The names of the columns, all of type string. */
    static final List<String> NAMES = List.of(
            "subagentRunId",
            "messageId",
            "role",
            "name",
            "toolCallId",
            "toolCallName",
            "parentMessageId",
            "delta",
            "content",
            "stepName",
            "activityType",
            "message",
            "code");

    static final int COUNT = NAMES.size();
    static final int MESSAGE_ID = NAMES.indexOf("messageId");
    static final int TOOL_CALL_ID = NAMES.indexOf("toolCallId");
    static final int DELTA = NAMES.indexOf("delta");

    /** The JSON object column that comes after {@code body}. */
    static final String METADATA = "metadata";

    private static final Map<String, Integer> BITS = new HashMap<>();
    private static final byte[][] PREFIXES = NAMES.stream()
            .map(name -> (",\"" + name + "\":").getBytes(US_ASCII))
            .toArray(byte[][]::new);

    static {
        IntStream.range(0, COUNT).forEach(i -> BITS.put(NAMES.get(i), 1 << i));
        BITS.put(METADATA, 1 << COUNT);
        BITS.put("type", 1 << (COUNT + 1));
        BITS.put("timestamp", 1 << (COUNT + 2));
    }

    /** The bits of the fields that every event has: type and timestamp. */
    static final int ALWAYS = bit("type") | bit("timestamp");

    private EventColumns() {}

    /** The field's bit in a set of columns, 0 if it has no column. */
    static int bit(String field) {
        return BITS.getOrDefault(field, 0);
    }

    /** Comma, name and colon of this column in JSON. Not to be modified. */
    static byte[] prefix(int column) {
        return PREFIXES[column];
    }
}
