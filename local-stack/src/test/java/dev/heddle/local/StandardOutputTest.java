package dev.heddle.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.testing.TestJvm;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Commands whose standard output goes nowhere, as processes of their own. */
class StandardOutputTest {
    /** The device that is always full; only Linux has it. */
    private static final File FULL = new File("/dev/full");

    @TempDir
    Path directory = Path.of("");

    private ProcessBuilder heddle(String... arguments) {
        return TestJvm.program(Heddle.class.getName(), List.of("-Xmx64m"), List.of(arguments))
                .redirectError(directory.resolve("err").toFile());
    }

    private String err() throws IOException {
        return Files.readString(directory.resolve("err"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatAFullDiskHasSwallowedIsAFailureInOneLine() throws Exception {
        for (List<String> command :
                List.of(List.of("config", "edge"), List.of("completion", "bash"), List.of("--help"))) {
            int code = heddle(command.toArray(String[]::new))
                    .redirectOutput(FULL)
                    .start()
                    .waitFor();
            assertEquals(1, code, command + ": " + err());
            assertEquals(
                    "heddle " + command.get(0) + ": standard output cannot be written: No space left on device\n",
                    err());
        }
    }

    @Test
    void aReaderThatHasGoneIsNoFailure() throws Exception {
        for (List<String> command : List.of(List.of("config", "edge"), List.of("completion", "bash"))) {
            Process process = heddle(command.toArray(String[]::new)).start();
            process.getInputStream().close();
            assertEquals(0, process.waitFor(), command + ": " + err());
            assertEquals("", err());
        }
    }

    @Test
    void whatIsPrintedArrivesAsUtf8() throws Exception {
        List<String> said = new ArrayList<>();
        Process process =
                heddle("config", "edge", "--set", "auth.issuer=zoë 🧵").start();
        process.inputReader(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("zoë 🧵"))
                .forEach(said::add);
        assertEquals(0, process.waitFor(), err());
        assertEquals(1, said.size());
    }
}
