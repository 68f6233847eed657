package dev.heddle.agents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ExecutorCommandTest {

    private final StringWriter err = new StringWriter();

    private int execute(String... arguments) {
        return new CommandLine(new ExecutorCommand())
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void anUnknownSettingIsNamedAndEndsWithTwo() {
        assertEquals(2, execute("--set", "runs.nosuch=1"));
        assertTrue(err.toString().contains("runs.nosuch"), err.toString());
    }

    @Test
    void aSettingOutOfBoundsIsNamedAndEndsWithTwo() {
        assertEquals(2, execute("--set", "publisher.linger=50ms"));
        assertTrue(err.toString().contains("linger must be 0 to 5 ms"), err.toString());
    }

    @Test
    void aBootstrapThatIsNoAddressIsOneLineAndEndsWithOne() {
        assertEquals(1, execute("--bootstrap", "not an address"));
        assertEquals(1, err.toString().strip().lines().count(), err.toString());
    }

    @Test
    void everySettingCanBeWrittenAndReadBack() {
        ExecutorConfig read = Settings.load(
                ExecutorConfig.class,
                ExecutorConfig.defaults(),
                SettingsSources.only(
                        "executor",
                        "kafka.bootstrapServers=h:1",
                        "publisher.bounds.eventBytes=64KiB",
                        "runs.deadline=5m",
                        "commands.group=g",
                        "status.executorId=e",
                        "management.port=0"));
        assertEquals("h:1", read.kafka().bootstrapServers());
        assertEquals(64 << 10, read.publisher().bounds().eventBytes().bytes());
        assertEquals(Duration.ofMinutes(5), read.runs().deadline());
        assertEquals("g", read.commands().group());
        assertEquals("e", read.status().executorId());
        assertEquals(0, read.management().port());
    }
}
