package dev.heddle.replay.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.Json;
import dev.heddle.replay.log.ReplayException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The reader of a client's record. Each line is a server frame of {@code heddle.v1} (only {@code hello} and
 * {@code events} matter here) or an ITEM as {@code replay --json} prints it. Each ITEM keeps its bytes from the file.
 */
final class TranscriptFile {
    private static final JsonFactory BYTES = Json.mapper().getFactory();
    private static final int LONGEST = 64 << 20;

    private TranscriptFile() {}

    /** The items of the transcript, in order. */
    static List<TranscriptItem> read(Path file) throws IOException {
        List<TranscriptItem> items = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            long number = 0;
            for (byte[] line = line(in); line.length > 0; line = line(in)) {
                number++;
                byte[] text = stripped(line);
                if (text.length == 0) {
                    continue;
                }
                try {
                    take(text, number, items);
                } catch (InvalidEventException e) {
                    throw new ReplayException(file + " line " + number + ": " + e.getMessage(), e);
                }
            }
        }
        return items;
    }

    /** A line with its end; empty at the end of the file. */
    private static byte[] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            line.write(next);
            if (next == '\n') {
                break;
            }
            if (line.size() > LONGEST) {
                throw new ReplayException("a line of the transcript is longer than " + LONGEST + " bytes");
            }
        }
        return line.toByteArray();
    }

    private static byte[] stripped(byte[] line) {
        int end = line.length;
        while (end > 0 && Character.isWhitespace(line[end - 1])) {
            end--;
        }
        int begin = 0;
        while (begin < end && Character.isWhitespace(line[begin])) {
            begin++;
        }
        return Arrays.copyOfRange(line, begin, end);
    }

    private static void take(byte[] text, long number, List<TranscriptItem> into) throws IOException {
        ObjectNode object = Json.parseObject(text);
        if (object.has("eventId")) {
            into.add(event(text, number));
        } else if (object.path("type").asText().equals("hello")) {
            into.add(new TranscriptItem.Hello(
                    number,
                    object.path("cursor").isTextual() ? object.get("cursor").textValue() : null,
                    object.path("resume").asText().equals("resumed")));
        } else if (object.path("type").asText().equals("events")) {
            for (byte[] item : elements(text)) {
                into.add(event(item, number));
            }
        } else if (!object.path("type").isTextual()) {
            throw new InvalidEventException("neither a frame nor an ITEM");
        }
    }

    private static TranscriptItem.Event event(byte[] bytes, long number) {
        ObjectNode item = Json.parseObject(bytes);
        if (!item.path("eventId").isTextual()) {
            throw new InvalidEventException("an ITEM without an eventId");
        }
        long to = item.path("runSeq").asLong(-1);
        return new TranscriptItem.Event(
                number,
                new String(bytes, UTF_8),
                item.get("eventId").textValue(),
                item.path("runSeqFrom").asLong(to),
                to);
    }

    /** The bytes of each element of the frame's list {@code events}. */
    private static List<byte[]> elements(byte[] frame) throws IOException {
        List<byte[]> elements = new ArrayList<>();
        try (JsonParser in = BYTES.createParser(frame)) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = in.currentName().equals("events");
                if (in.nextToken() != JsonToken.START_ARRAY || !wanted) {
                    in.skipChildren();
                    continue;
                }
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    int begin = (int) in.currentTokenLocation().getByteOffset();
                    in.skipChildren();
                    int end = (int) in.currentLocation().getByteOffset();
                    elements.add(Arrays.copyOfRange(frame, begin, end));
                }
            }
        }
        return elements;
    }
}
