package dev.heddle.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.event.UserKey;
import dev.heddle.event.topic.TopicLayout;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.RunLog;
import dev.heddle.token.TokenSigner;
import dev.heddle.topic.TopicAdmin;
import java.nio.file.Path;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What counts as the same event when it is sent again, to the node that appended it and to one that reads it from the
 * log.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SameEventTest {

    private static final String CUSTOM = "{\"type\":\"CUSTOM\",\"name\":\"n\",\"value\":%s}";

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private Ingest one;
    private Ingest two;
    private Sender first;
    private Sender second;
    private RunLog log;
    private int runs;

    @BeforeAll
    void start(@TempDir Path directory) {
        TopicLayout layout = TopicLayout.local().withPartitions(4);
        try (Admin admin = KAFKA.admin()) {
            TopicAdmin.create(admin, layout);
        }
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        IngestConfig config = IngestConfigs.of(KAFKA.bootstrapServers(), layout.partitions(), tokens);
        one = Ingest.start(config);
        two = Ingest.start(config);
        String token = tokens.token(claims -> claims.setStringClaim("scope", "events:write"));
        first = new Sender(one.port(), token);
        second = new Sender(two.port(), token);
        log = new RunLog(KAFKA.bootstrapServers());
    }

    @AfterAll
    void stop() {
        log.close();
        one.close();
        two.close();
    }

    private static String batch(String run, String item) {
        return "{\"threadId\":\"t\",\"runId\":\"" + run + "\",\"events\":[" + item + "]}";
    }

    private static String item(String event) {
        return "{\"runSeq\":0,\"event\":" + event + "}";
    }

    private static String value(String json) {
        return item(CUSTOM.formatted(json));
    }

    private void same(String sent, String again) {
        String run = "same-" + runs++;
        assertEquals(200, first.post("sam", batch(run, sent)).status());
        Sender.Reply here = first.post("sam", batch(run, again));
        assertEquals(200, here.status(), here.toString());
        Sender.Reply there = second.post("sam", batch(run, again));
        assertEquals(200, there.status(), there.toString());
        assertEquals(1, log.of(UserKey.of("sam"), run).size());
    }

    private void other(String sent, String again) {
        String run = "same-" + runs++;
        assertEquals(200, first.post("sam", batch(run, sent)).status());
        Sender.Reply here = first.post("sam", batch(run, again));
        assertEquals(409, here.status(), here.toString());
        Sender.Reply there = second.post("sam", batch(run, again));
        assertEquals(409, there.status(), there.toString());
        assertEquals("conflict", there.code());
        assertEquals(1, log.of(UserKey.of("sam"), run).size());
    }

    @Test
    void theOrderOfKeysAndWhiteSpaceDoNotMatter() {
        same(
                item(
                        "{\"type\":\"CUSTOM\",\"name\":\"n\",\"value\":{\"a\":1,\"b\":{\"c\":[1,2],\"d\":null}},\"extra\":true}"),
                "{ \"event\" : {\"extra\":true, \"value\":\n{\"b\":{\"d\":null,\"c\":[1,2]},\"a\":1},\"name\":\"n\","
                        + "\"type\":\"CUSTOM\"}, \"runSeq\" : 0 }");
        other(value("[1,2]"), value("[2,1]"));
        other(value("{\"a\":1,\"b\":2}"), value("{\"a\":2,\"b\":1}"));
        other(value("{\"a\":{\"b\":1}}"), value("{\"a\":{},\"b\":1}"));
    }

    @ParameterizedTest
    @CsvSource({
        "100000, 1e5",
        "1, 1.0",
        "1, 1.000e0",
        "0, -0",
        "0, 0e999999999",
        "0.0, -0.00",
        "120, 1.2E+2",
        "0.00012, 1.2e-4",
        "9007199254740993, 9007199254740993.0",
        "123456789012345678901234567890, 1.2345678901234567890123456789e29",
        "1e999999999, 10e999999998",
        "1e-999999999, 0.1e-999999998"
    })
    void theNotationOfNumbersDoesNotMatter(String sent, String again) {
        same(value(sent), value(again));
        same(value("{\"a\":[" + again + "]}"), value("{\"a\":[" + sent + "]}"));
    }

    @ParameterizedTest
    @CsvSource({
        "9007199254740992, 9007199254740993",
        "0.1, 0.10000000000000000000000000000000001",
        "1e5, 1e6",
        "1, -1",
        "1, true",
        "1, \"1\"",
        "null, 0",
        "1e999999999, 1e999999998",
        "123456789012345678901234567890, 123456789012345678901234567891"
    })
    void numbersThatDifferAreOthers(String sent, String again) {
        other(value(sent), value(again));
    }

    @Test
    void escapesAndCharactersAreTheSame() {
        same(value("\"Größe/😀\\n\""), value("\"Gr\\u00f6\\u00dfe\\/\\ud83d\\ude00\\u000a\""));
        same(
                item("{\"type\":\"TEXT_MESSAGE_CONTENT\",\"messageId\":\"m\",\"delta\":\"é\"}"),
                item("{\"\\u0064elta\":\"\\u00e9\",\"messageId\":\"\\u006d\",\"type\":\"TEXT_MESSAGE_CONTENT\"}"));
        same(value("\"\\ud800\""), value("\"\\uD800\""));
        other(value("\"é\""), value("\"e\\u0301\""));
    }

    @Test
    void aTimestampCountsIfTheSenderGivesIt() {
        String stamped = "{\"type\":\"CUSTOM\",\"name\":\"n\",\"value\":1,\"timestamp\":%s}";
        same(value("1"), value("1"));
        same(item(stamped.formatted("1700000000000")), item(stamped.formatted("1.7e12")));
        same(item(stamped.formatted("1700000000000")), value("1"));
        other(item(stamped.formatted("1700000000000")), item(stamped.formatted("1700000000001")));
    }

    @Test
    void anEventIdCountsIfTheSenderGivesIt() {
        String named = "{\"runSeq\":0,\"eventId\":\"%s\",\"event\":" + CUSTOM + "}";
        same(named.formatted("mine", "1"), named.formatted("mine", "1.0"));
        same(named.formatted("mine", "1"), value("1"));
        other(named.formatted("mine", "1"), named.formatted("yours", "1"));
        other(named.formatted("mine", "1"), named.formatted("mine", "2"));
    }

    @Test
    void theNotationOfTheNumbersAroundAnEventDoesNotMatter() {
        same(value("1"), "{\"runSeq\":0.0,\"event\":" + CUSTOM.formatted("1") + "}");
        Sender.Reply huge = first.post("sam", batch("huge", "{\"runSeq\":1e999999999,\"event\":{\"type\":\"X\"}}"));
        assertEquals(400, huge.status(), huge.toString());
        Sender.Reply beyond = first.post("sam", batch("huge", value("1e99999999999")));
        assertEquals(400, beyond.status(), beyond.toString());
    }

    @Test
    void aDuplicateKeyIsRefused() {
        Sender.Reply reply = first.post("sam", batch("twice", value("{\"a\":1,\"\\u0061\":1}")));
        assertEquals(400, reply.status(), reply.toString());
        assertTrue(reply.body().path("message").asText().contains("uplicate"), reply.toString());
    }
}
