package dev.heddle.systemtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The console page in a real browser, where there is one. */
@ExtendWith(SharedStack.class)
final class ConsoleTest {
    private static final Path BROWSER = Path.of(System.getProperty("heddle.browser", "/usr/bin/chromium"));

    @Test
    void showsEveryEventOnceOverAReloadACutAndAPause(Stack stack) throws IOException {
        NodeProgram.require(Files.isExecutable(BROWSER) ? null : "there is no browser at " + BROWSER);
        Path screenshot = Path.of("target", "console.png").toAbsolutePath();
        Files.createDirectories(Objects.requireNonNull(screenshot.getParent()));
        NodeProgram.run(stack, "console.mjs", "--browser", BROWSER.toString(), "--screenshot", screenshot.toString());
    }
}
