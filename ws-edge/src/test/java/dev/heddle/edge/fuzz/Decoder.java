package dev.heddle.edge.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.auth.AuthConfig;
import dev.heddle.auth.TokenVerdict;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.auth.VerificationKeys;
import dev.heddle.edge.command.CommandIntake;
import dev.heddle.edge.protocol.ClientFrame;
import dev.heddle.edge.protocol.ClientFrames;
import dev.heddle.edge.protocol.Query;
import dev.heddle.edge.protocol.StreamRequest;
import dev.heddle.edge.socket.HandshakeFuzz;
import dev.heddle.event.Cursor;
import dev.heddle.event.Generation;
import dev.heddle.event.MalformedCursorException;
import dev.heddle.event.Position;
import dev.heddle.event.UserKey;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;

/**
 * One thing that reads what a client sent, with what a good client sends. A bug is an exception that leaves
 * {@link #feed}, or an answer that is none.
 */
public enum Decoder {
    /** Text frames, and commands down to what would be appended. */
    FRAME {
        @Override
        public List<String> seeds() {
            return List.of(
                    "{\"type\":\"ping\"}",
                    "{\"type\":\"token\",\"token\":\"a.b.c\"}",
                    "{\"type\":\"command\",\"id\":\"c1\",\"command\":\"run.start\",\"agentId\":\"echo\",\"threadId\":\"t\","
                            + "\"input\":{\"messages\":[{\"id\":\"m\",\"role\":\"user\",\"content\":\"h\\u00e9\"}],\"state\":1e9,"
                            + "\"tools\":[{\"name\":\"n\",\"description\":\"d\"}],\"context\":[{\"description\":\"d\",\"value\":\"v\"}]}}",
                    "{\"type\":\"command\",\"id\":\"c1\",\"command\":\"run.resume\",\"threadId\":\"t\",\"runId\":\"r\","
                            + "\"resume\":[{\"interruptId\":\"i\",\"status\":\"resolved\",\"payload\":[null,-0.0]}]}",
                    "{\"type\":\"command\",\"id\":\"c1\",\"command\":\"run.cancel\",\"threadId\":\"t\",\"runId\":\"r\"}");
        }

        @Override
        public void feed(byte[] bytes) {
            ClientFrame frame = ClientFrames.parse(new String(bytes, UTF_8));
            if (frame instanceof ClientFrame.Command command) {
                INTAKE.read(USER, command);
            }
        }
    },

    /** The query of a request. */
    QUERY {
        @Override
        public List<String> seeds() {
            return List.of(
                    "cursor=abc&from=last:10&thread=t%2F1&types=RUN_*,TOOL_CALL_START&fold=true&snapshot=false&agents=true&p=17",
                    "from=2026-01-01T00:00:00%2B01:00", "from=earliest&x=eyJhbGciOiJub25lIn0.eyJ.&token=x");
        }

        @Override
        public void feed(byte[] bytes) {
            Query query = Query.of(new String(bytes, ISO_8859_1));
            if (!query.hasToken()) {
                StreamRequest.parse(query);
            }
        }
    },

    /** The headers that say who asks, from where, for what. */
    HEADERS {
        @Override
        public List<String> seeds() {
            return List.of(
                    "heddle.v1, bearer.a.b.c\nBearer a.b.c\nhttps://events.example.com:8443\n10.0.0.1, [2001:db8::1]:80, 1.2.3.4:5",
                    "\n\n\n::ffff:1.2.3.4");
        }

        @Override
        public void feed(byte[] bytes) {
            HandshakeFuzz.headers(new String(bytes, ISO_8859_1).split("\n", 4));
        }
    },

    /** A cursor, which a client may have invented. */
    CURSOR {
        @Override
        public List<String> seeds() {
            return List.of(
                    Cursor.at(new Generation(new UUID(1, 2), 64), USER, new Position(4711, 3), 0)
                            .encode(),
                    "latest",
                    "");
        }

        @Override
        public void feed(byte[] bytes) {
            try {
                Cursor cursor = Cursor.parse(new String(bytes, ISO_8859_1));
                if (!Cursor.parse(cursor.encode()).equals(cursor)) {
                    throw new AssertionError("another cursor when written and read again");
                }
            } catch (MalformedCursorException e) {
                return; // As it should be told.
            }
        }
    },

    /** A token. */
    TOKEN {
        @Override
        public List<String> seeds() {
            return List.of(TOKENS.token("alice"), "eyJhbGciOiJub25lIn0.e30.", "..");
        }

        /**
         * A token's signature covers all of it but the spare bits of its last letter, so none but the seed itself may
         * be good.
         */
        @Override
        public void feed(byte[] bytes) {
            String token = new String(bytes, ISO_8859_1);
            if (VERIFIER.verify(token) instanceof TokenVerdict.Verified verified
                    && !verified.user().equals(USER)) {
                throw new AssertionError("became " + verified.user());
            }
        }
    };

    private static final UserKey USER = UserKey.of("alice");
    private static final CommandIntake INTAKE = new CommandIntake(agent -> agent.length() < 10, Clock.systemUTC());
    private static final TokenSigner TOKENS = keys();
    private static final TokenVerifier VERIFIER = new TokenVerifier(
            AuthConfig.defaults(),
            VerificationKeys.parse(
                    new JsonWebKeySet(TOKENS.key()).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY), "the test"),
            Clock.systemUTC());

    /** What a good client sends. */
    public abstract List<String> seeds();

    /** Reads these bytes as the edge would. */
    public abstract void feed(byte[] bytes);

    private static TokenSigner keys() {
        try {
            return TokenSigner.ellipticIn(Files.createTempDirectory("heddle-fuzz"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
