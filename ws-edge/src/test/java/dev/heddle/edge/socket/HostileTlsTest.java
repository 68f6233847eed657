package dev.heddle.edge.socket;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.HostileCrowd;
import dev.heddle.testing.HostileCrowd.Script;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.TestCertificate;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Crowds that stay in a TLS handshake: it counts and ends as any other state before authentication. */
class HostileTlsTest {

    private static final int CROWD = 600;
    private static final int PENDING = 400;
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration AT_MOST = Duration.ofSeconds(2);

    /** The head of a record that announces a ClientHello of 512 bytes. */
    private static final String HELLO = "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003";

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    static EdgeRig rig;

    @BeforeAll
    static void start(@TempDir Path directory) {
        TestCertificate certificate = new TestCertificate(directory);
        certificate.install("only");
        rig = EdgeRig.start(
                KAFKA.bootstrapServers(),
                TokenSigner.ellipticIn(directory),
                "limits.unauthenticated=" + PENDING,
                "http.tls.certificate=" + certificate.certificate(),
                "http.tls.key=" + certificate.key(),
                "http.requestTimeout=" + LONG,
                "http.idleTimeout=" + LONG,
                "http.closeTimeout=" + LONG);
        // The first handshake of a JVM loads what it needs; that is not what is timed.
        await("somebody has come in").atMost(PATIENCE).until(() -> comesIn("first"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    static Stream<Script> states() {
        return Stream.of(Script.of(""), Script.of(HELLO), Script.trickling(HELLO, "\u0001", Duration.ofMillis(50)));
    }

    @ParameterizedTest
    @MethodSource("states")
    void aGoodClientGetsInAtOnce(Script state) {
        try (HostileCrowd crowd = HostileCrowd.start(rig.port(), CROWD, state)) {
            await("the crowd is there").atMost(PATIENCE).until(() -> crowd.opened() >= CROWD);
            for (int i = 0; i < 3; i++) {
                assertTrue(comesIn("good-" + i), "not within " + AT_MOST);
            }
        }
        await("nothing is left").atMost(PATIENCE).until(() -> rig.meter("heddle_edge_sockets_waiting") == 0);
    }

    private static boolean comesIn(String user) {
        String token = rig.tokens().token(user);
        long began = System.nanoTime();
        while (System.nanoTime() - began < AT_MOST.toNanos()) {
            try (RawClient client = new RawClient(rig.port(), TestCertificate.socket())) {
                String head = client.handshake(
                        "/v1/stream", List.of("Sec-WebSocket-Protocol: heddle.v1", "Authorization: Bearer " + token));
                if (head.startsWith("HTTP/1.1 101") && client.frame().opcode() == RawClient.TEXT) {
                    return true;
                }
            } catch (AssertionError cut) {
                assertTrue(System.nanoTime() - began < AT_MOST.toNanos(), () -> "cut each time: " + cut);
            }
        }
        return false;
    }

    @Test
    void aClientThatShakesHandsAgainIsHungUpOn() throws IOException {
        try (SSLSocket socket = TestCertificate.socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), rig.port()));
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.startHandshake();
            assertEquals("TLSv1.2", socket.getSession().getProtocol());
            IOException end = assertThrows(IOException.class, () -> {
                socket.startHandshake();
                socket.getOutputStream().write('x');
                int unused = socket.getInputStream().read();
                if (unused < 0) {
                    throw new IOException("hung up");
                }
            });
            assertFalse(end instanceof SocketTimeoutException, "nobody hung up");
        }
    }
}
