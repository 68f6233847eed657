package dev.heddle.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.event.EventItem;
import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import java.net.URLEncoder;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * One thing that reads what a sender sent, with what a good sender sends. A bug is an exception that leaves
 * {@link #feed}.
 */
enum IngestDecoder {
    /** A batch, down to what would be appended: that can be served, or it is refused. */
    BATCH {
        @Override
        List<String> seeds() {
            return List.of(
                    "{\"threadId\":\"t\",\"runId\":\"r\",\"agentId\":\"a\",\"attempt\":1,\"events\":["
                            + "{\"runSeq\":0,\"eventId\":\"e0\",\"event\":{\"type\":\"RUN_STARTED\",\"threadId\":\"t\",\"runId\":\"r\"}},"
                            + "{\"runSeq\":1,\"event\":{\"type\":\"TEXT_MESSAGE_CONTENT\",\"messageId\":\"m\",\"delta\":\"h\\u00e9\",\"timestamp\":1}},"
                            + "{\"runSeq\":2,\"event\":{\"type\":\"CUSTOM\",\"name\":\"n\",\"value\":[1e9,null,-0.0,{}]}}]}",
                    "{\"threadId\":\"t\",\"runId\":\"r\",\"events\":[{\"runSeq\":9007199254740991,\"event\":{\"type\":\"RUN_ERROR\",\"message\":\"m\"}}]}");
        }

        @Override
        void feed(byte[] bytes) {
            BatchReader.Read read = READER.read(USER, bytes);
            Batch batch = read.batch();
            if ((batch == null) == (read.problem() == null)) {
                throw new AssertionError("neither or both");
            }
            if (batch != null) {
                batch.items().forEach(item -> EventItem.of(USER, item.value()));
            }
        }
    },

    /** The path of a request: nobody's key, or one that is written like this and not otherwise. */
    PATH {
        @Override
        List<String> seeds() {
            return List.of("/v1/users/alice/events", "/v1/users/a%2Fb%20%C3%A9/events", "/v1/users//events");
        }

        @Override
        void feed(byte[] bytes) {
            String encoded = UserPath.encodedKey(new String(bytes, ISO_8859_1));
            if (encoded == null) {
                return;
            }
            UserKey user;
            try {
                user = UserPath.decode(encoded);
            } catch (InvalidEventException e) {
                return; // As it should be told.
            }
            String again = URLEncoder.encode(user.value(), UTF_8).replace("+", "%20");
            if (!UserPath.decode(again).equals(user)) {
                throw new AssertionError("another key when written and read again");
            }
        }
    };

    private static final UserKey USER = UserKey.of("alice");
    private static final BatchReader READER =
            new BatchReader(IngestConfig.Limits.defaults(), InstantSource.fixed(Instant.EPOCH));

    /** What a good sender sends. */
    abstract List<String> seeds();

    /** Reads these bytes as a node would. */
    abstract void feed(byte[] bytes);
}
