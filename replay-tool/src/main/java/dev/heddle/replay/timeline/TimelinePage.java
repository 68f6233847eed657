package dev.heddle.replay.timeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.event.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The HTML file of a timeline: {@code timeline.html} among the resources, with the data inserted. */
public final class TimelinePage {
    private static final String PLACE = "/*DATA*/null";

    private TimelinePage() {}

    /** The page's HTML, to be written in UTF-8. */
    public static String of(Timeline timeline, String user) {
        // Within a script element only "<" could end it, and JSON may write it as an escape.
        String data = data(timeline, user).replace("<", "\\u003c");
        String page = template();
        int at = page.indexOf(PLACE);
        return page.substring(0, at) + data + page.substring(at + PLACE.length());
    }

    /** The page's data as one line of JSON. */
    public static String data(Timeline timeline, String user) {
        return Json.text(timeline.json(user));
    }

    private static String template() {
        try (InputStream in = TimelinePage.class.getResourceAsStream("timeline.html")) {
            if (in == null) {
                throw new IllegalStateException("timeline.html is not among the resources");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
