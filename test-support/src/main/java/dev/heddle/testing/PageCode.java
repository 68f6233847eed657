package dev.heddle.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The code of a page in {@code docs}: fenced blocks of one language. A test runs them, or checks that they are part of
 * a test.
 */
public final class PageCode {

    private final String name;
    private final List<String> lines;

    private PageCode(String name, List<String> lines) {
        this.name = name;
        this.lines = lines;
    }

    /** The page of this name, found from the working directory upwards. */
    public static PageCode of(String name) {
        return new PageCode(name, read(root().resolve("docs").resolve(name)));
    }

    private static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !Files.isDirectory(at.resolve("event-schema"))) {
            at = at.getParent();
        }
        return Objects.requireNonNull(at, "no source tree around the working directory");
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The blocks of this language, in the page's order. */
    public List<String> blocks(String language) {
        List<String> blocks = new ArrayList<>();
        StringBuilder block = null;
        for (String line : lines) {
            if (block == null && line.equals("```" + language)) {
                block = new StringBuilder();
            } else if (block != null && line.equals("```")) {
                blocks.add(block.toString());
                block = null;
            } else if (block != null) {
                block.append(line).append('\n');
            }
        }
        if (blocks.isEmpty()) {
            throw new AssertionError("docs/" + name + " has no " + language);
        }
        return blocks;
    }

    /**
     * Checks that a source file contains each Java block, line by line and regardless of indentation.
     *
     * @param source path from the root
     */
    public void requireFrom(String source) {
        String code = plain(read(root().resolve(source)));
        for (String block : blocks("java")) {
            if (!code.contains(plain(List.of(block.split("\n"))))) {
                throw new AssertionError("docs/" + name + " has code that is not in " + source + ":\n" + block);
            }
        }
    }

    private static String plain(List<String> lines) {
        StringBuilder plain = new StringBuilder("\n");
        lines.stream().map(String::strip).filter(line -> !line.isEmpty()).forEach(line -> plain.append(line)
                .append('\n'));
        return plain.toString();
    }
}
