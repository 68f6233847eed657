package dev.heddle.replay.transfer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A reader of one event from each line, a JSON object in strict UTF-8; empty lines are ignored. For one thread. */
final class LineReader implements EventFile.Reader {
    private final BufferedReader in;
    private final Function<ObjectNode, EventFile.Imported> format;
    private long line;

    /** @param format makes the event of a line's object */
    LineReader(InputStream in, Function<ObjectNode, EventFile.Imported> format) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()), 1 << 18);
        this.format = format;
    }

    @Override
    public EventFile.@Nullable Imported next() throws IOException {
        String text;
        do {
            text = in.readLine();
            line++;
            if (text == null) {
                return null;
            }
        } while (text.isBlank());
        return format.apply(Json.parseObject(text));
    }

    @Override
    public String place() {
        return "line " + line;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
