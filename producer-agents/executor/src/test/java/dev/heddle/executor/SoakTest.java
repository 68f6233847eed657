package dev.heddle.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.EventIds;
import dev.heddle.event.RunStart;
import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.FreshCluster;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.TestProcess;
import dev.heddle.topic.TopicAdmin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many runs of many users on two executor processes, of which one is killed and the other paused beyond its session;
 * what became of them the log itself says. 5,000 runs of 500 users with {@code -Dheddle.full=true}, every day a few.
 */
class SoakTest {

    private static final boolean FULL = Boolean.getBoolean("heddle.full");
    private static final int USERS = FULL ? 500 : 20;
    private static final int RUNS_OF_EACH = FULL ? 10 : 6;
    private static final int PARTITIONS = 8;
    private static final Duration LIMIT = Duration.ofSeconds(FULL ? 420 : 150);
    private static final Duration SESSION = Duration.ofSeconds(FULL ? 6 : 3);
    private static final Duration PAUSE = SESSION.plusMillis(1_500);

    private static final String[] SETTINGS = {
        "publisher.partitions=" + PARTITIONS,
        "kafka.properties.session.timeout.ms=" + SESSION.toMillis(),
        "kafka.properties.heartbeat.interval.ms=500",
        "takeover.attempts=20"
    };

    @TempDir
    Path temporary = Path.of("");

    @Test
    void everyCommandEndsInEventsAndEveryRunOnceWhateverBecomesOfTheProcesses() throws IOException {
        Path calls = temporary.resolve("calls");
        try (FreshCluster kafka = KafkaFixture.freshCluster()) {
            try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
                TopicAdmin.create(admin, TopicLayout.local().withPartitions(PARTITIONS));
            }
            List<RunStart> started = new ArrayList<>();
            try (CommandSender commands = new CommandSender(kafka.bootstrapServers(), PARTITIONS);
                    RunAudit audit = new RunAudit(kafka.bootstrapServers());
                    TestProcess killed = ExecutorProcess.launch(kafka.bootstrapServers(), SETTINGS);
                    TestProcess paused = ExecutorProcess.launch(kafka.bootstrapServers(), SETTINGS)) {
                killed.ready();
                paused.ready();
                int third = USERS * RUNS_OF_EACH / 3;
                send(commands, started, third, calls);
                audit.awaitEnds(third / 4, LIMIT);
                killed.kill();
                send(commands, started, third, calls);
                audit.awaitEnds(third, LIMIT);
                paused.signal("STOP");
                try (TestProcess next = ExecutorProcess.start(kafka.bootstrapServers(), SETTINGS)) {
                    send(commands, started, USERS * RUNS_OF_EACH - 2 * third, calls);
                    audit.readFor(PAUSE);
                    paused.signal("CONT");
                    audit.awaitSettled(started, LIMIT);
                    assertEquals(0, next.terminate());
                }
                assertEquals(0, paused.terminate());
                audit.readFor(Duration.ofSeconds(1));
                assertEquals(List.of(), audit.faults(started));
                assertTrue(audit.takenOver() > 0, "nobody died in the middle of a run");
            }
            assertEquals(List.of(), calledTwice(calls));
        }
    }

    private static void send(CommandSender commands, List<RunStart> started, int count, Path calls) {
        for (int i = 0; i < count; i++) {
            int n = started.size();
            UserKey user = UserKey.of("soak-" + n % USERS);
            String thread = "t" + n % (3 * USERS);
            String agent =
                    List.of("worker", "countdown", "echo", "worker", "planner").get(n % 5);
            String input = "{'messages':[{'id':'m" + n + "','role':'user','content':'hello there'}],"
                    + "'forwardedProps':{'calls':6,'count':100,'intervalMs':30,'file':'" + calls + "'}}";
            RunStart start =
                    new RunStart(CommandSender.header(user, thread, EventIds.next()), agent, CommandSender.json(input));
            started.add(commands.send(start));
            if (n % 17 == 0) {
                commands.cancel(start);
            }
            if (n % 23 == 0) {
                commands.send(start);
            }
        }
    }

    /** Calls, by run and id, that a tool which must not be called twice was really given more than once. */
    private static List<String> calledTwice(Path calls) throws IOException {
        Map<String, Integer> times = new HashMap<>();
        for (String line : Files.readAllLines(calls)) {
            times.merge(line.substring(0, line.lastIndexOf(' ')), 1, Integer::sum);
        }
        return times.entrySet().stream()
                .filter(entry -> entry.getValue() > 1)
                .map(Map.Entry::getKey)
                .toList();
    }
}
