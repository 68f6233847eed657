package dev.heddle.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page as it is packaged: complete, from one origin, and without a way from text to markup. */
final class PageTest {
    private static final int LONGEST_FILE = 400;
    private static final Pattern REFERENCE =
            Pattern.compile("(?:src|href)=\"([^\"#]+)\"|(?:from|import) '(\\.{1,2}/[^']+)'");
    private static final Pattern ELSEWHERE =
            Pattern.compile("(?:src|href)=\"(?:https?:)?//|url\\(|@import|from 'https?:");
    private static final Pattern MARKUP_FROM_TEXT = Pattern.compile(
            "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\(|new Function|DOMParser|\\.on\\w+ = '");

    @Test
    void everythingThatThePageRefersToIsInTheJar() throws Exception {
        List<String> missing = new ArrayList<>();
        for (Path file : files()) {
            Matcher reference = REFERENCE.matcher(text(file));
            while (reference.find()) {
                String target = reference.group(1) != null ? reference.group(1) : reference.group(2);
                Path found = Objects.requireNonNull(file.getParent()).resolve(target);
                if (!Files.exists(found)) {
                    missing.add(file.getFileName() + " -> " + target);
                }
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void nothingIsFetchedFromElsewhere() throws Exception {
        assertEquals(List.of(), filesWith(ELSEWHERE));
    }

    @Test
    void noTextBecomesMarkup() throws Exception {
        assertEquals(List.of(), filesWith(MARKUP_FROM_TEXT));
    }

    @Test
    void noFileIsTwoThings() throws Exception {
        for (Path file : files()) {
            assertTrue(text(file).lines().count() <= LONGEST_FILE, () -> file.getFileName() + " is too long");
        }
    }

    private static List<String> filesWith(Pattern pattern) throws Exception {
        List<String> found = new ArrayList<>();
        for (Path file : files()) {
            Matcher matcher = pattern.matcher(text(file));
            if (matcher.find()) {
                found.add(file.getFileName() + ": " + matcher.group());
            }
        }
        return found;
    }

    private static List<Path> files() throws URISyntaxException, IOException {
        URL page = PageTest.class.getResource("index.html");
        assertNotNull(page);
        Path root = Objects.requireNonNull(Path.of(page.toURI()).getParent());
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> sources = files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".class"))
                    .toList();
            assertTrue(sources.size() > 10, sources::toString);
            return sources;
        }
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
