package dev.heddle.replay.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Function;

/**
 * A writer of one line for each event.
 *
 * @param format makes the line, without its end
 */
record LineWriter(OutputStream out, Function<EventFile.Exported, String> format) implements EventFile.Writer {
    @Override
    public void write(EventFile.Exported event) throws IOException {
        out.write((format.apply(event) + "\n").getBytes(UTF_8));
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
