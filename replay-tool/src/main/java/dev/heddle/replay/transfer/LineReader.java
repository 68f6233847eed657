package dev.heddle.replay.transfer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.event.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A reader of JSON objects, one a line, in strict UTF-8; empty lines are ignored. For one thread. */
final class LineReader implements AutoCloseable {
    private final BufferedReader in;
    private long line;

    LineReader(InputStream in) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()), 1 << 18);
    }

    @Nullable
    ObjectNode next() throws IOException {
        String text;
        do {
            text = in.readLine();
            line++;
            if (text == null) {
                return null;
            }
        } while (text.isBlank());
        return Json.parseObject(text);
    }

    String place() {
        return "line " + line;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
