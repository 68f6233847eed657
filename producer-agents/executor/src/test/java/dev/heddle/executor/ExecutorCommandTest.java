package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.config.Settings;
import dev.heddle.config.SettingsSources;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.regex.Pattern;
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

    private void assertOneLine(String what) {
        assertEquals(1, err.toString().strip().lines().count(), err.toString());
        assertTrue(err.toString().startsWith("heddle executor: "), err.toString());
        assertEquals(2, err.toString().split(Pattern.quote(what), -1).length, err.toString());
    }

    @Test
    void aBootstrapThatIsNoAddressIsOneLineAndEndsWithTwo() {
        assertEquals(2, execute("--bootstrap", "not an address"));
        assertOneLine("'not an address'");
    }

    @Test
    void aHostThatIsNotThereIsOneLineAndEndsWithOne() {
        assertEquals(1, execute("--bootstrap", "no-such-host.invalid:9092"));
        assertOneLine("No resolvable bootstrap urls");
    }

    @Test
    void aKafkaThatDoesNotAnswerIsOneLineAndEndsWithOne() {
        assertEquals(
                1,
                execute(
                        "--bootstrap",
                        "127.0.0.1:1",
                        "--set",
                        "kafka.properties.request.timeout.ms=200",
                        "--set",
                        "kafka.properties.default.api.timeout.ms=300"));
        assertOneLine("Kafka cannot be asked at 127.0.0.1:1: ");
    }

    @Test
    void aPropertyThatKafkasClientsDoNotTakeIsNamedOnceAndEndsWithTwo() {
        assertEquals(2, execute("--set", "kafka.properties.security.protocol=NOPE"));
        assertOneLine("Invalid value NOPE");
    }

    @Test
    void anOptionCountsMoreThanTheSameSetting() {
        assertEquals(2, execute("--set", "management.port=0", "--management-port", "70000"));
        assertOneLine("65535");
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
