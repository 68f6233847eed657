package dev.heddle.replay.transfer;

import dev.heddle.process.PrivateFile;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The format of a file of events. */
public enum FileFormat {
    /** One JSON object on each line: {@code {"user","partition","offset","appended","item"}}. */
    jsonl,
    /** A CloudEvent 1.0 in its JSON form on each line; the ITEM is its data, the user its subject. */
    cloudevents,
    /** An Avro object container file of the log's own records, {@code AgentEvent}. */
    avro;

    private static final int BUFFER = 1 << 18;

    /** A writer to a file; closing it completes the file's content. */
    public EventFile.Writer writer(PrivateFile file) throws IOException {
        OutputStream out = new BufferedOutputStream(file.out(), BUFFER);
        return switch (this) {
            case jsonl -> new LineWriter(out, JsonLinesFile::line);
            case cloudevents -> new LineWriter(out, CloudEventsFile::line);
            case avro -> new AvroFile.Records(out);
        };
    }

    /** A reader of a file of this format. */
    public EventFile.Reader open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        return switch (this) {
            case jsonl -> new LineReader(in, JsonLinesFile::event);
            case cloudevents -> new LineReader(in, CloudEventsFile::event);
            case avro -> new AvroFile.Reading(in);
        };
    }

    /**
     * Detects the format by the file's name, or by its beginning: an Avro file begins with {@code Obj}, a CloudEvent
     * has a specversion.
     */
    public static FileFormat of(Path file) throws IOException {
        byte[] begin = new byte[4096];
        int length;
        try (InputStream in = Files.newInputStream(file)) {
            length = in.readNBytes(begin, 0, begin.length);
        }
        String text = new String(begin, 0, length, StandardCharsets.UTF_8);
        if (text.startsWith("Obj\u0001")) {
            return avro;
        }
        int line = text.indexOf('\n');
        return (line < 0 ? text : text.substring(0, line)).startsWith("{\"specversion\"") ? cloudevents : jsonl;
    }
}
