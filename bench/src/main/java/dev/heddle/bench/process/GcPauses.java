package dev.heddle.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The pauses in a JVM's garbage collection log ({@code -Xlog:gc}), oldest first.
 *
 * @param millis how long each took
 */
public record GcPauses(List<Double> millis) {
    private static final Pattern PAUSE = Pattern.compile("Pause.* ([0-9.]+)ms$");

    public GcPauses {
        millis = List.copyOf(millis);
    }

    static GcPauses in(Path log) {
        List<Double> pauses = new ArrayList<>();
        try (Stream<String> lines = Files.lines(log)) {
            lines.forEach(line -> {
                Matcher pause = PAUSE.matcher(line);
                if (pause.find()) {
                    pauses.add(Double.parseDouble(pause.group(1)));
                }
            });
        } catch (IOException e) {
            return new GcPauses(List.of()); // none yet
        }
        return new GcPauses(pauses);
    }

    /** The pauses after an earlier reading. */
    public GcPauses since(GcPauses earlier) {
        return new GcPauses(millis.subList(Math.min(earlier.millis.size(), millis.size()), millis.size()));
    }

    public int count() {
        return millis.size();
    }

    public double totalMillis() {
        return millis.stream().mapToDouble(Double::doubleValue).sum();
    }

    public double longestMillis() {
        return millis.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }
}
