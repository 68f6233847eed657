package dev.heddle.edge.socket;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.TestCertificate;
import dev.heddle.token.TokenSigner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    @TempDir
    Path directory = Path.of("");

    @Test
    void aCertificateIsChangedUnderConnectionsThatGoOn() throws IOException {
        TestCertificate certificate = new TestCertificate(directory);
        certificate.install("first");
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        try (EdgeRig rig = EdgeRig.start(
                        KAFKA.bootstrapServers(),
                        tokens,
                        "http.tls.certificate=" + certificate.certificate(),
                        "http.tls.key=" + certificate.key(),
                        "http.tls.reload=100ms");
                RawClient staying = new RawClient(rig.port(), TestCertificate.socket())) {
            String head = staying.handshake(
                    "/v1/stream",
                    List.of("Sec-WebSocket-Protocol: heddle.v1", "Authorization: Bearer " + tokens.token("tls")));
            assertTrue(head.startsWith("HTTP/1.1 101"), head);
            assertEquals("CN=first", TestCertificate.shownBy(rig.port()));
            Files.writeString(certificate.key(), "-----BEGIN PRIV");
            assertEquals("CN=first", TestCertificate.shownBy(rig.port()));
            certificate.install("second");
            await("the new certificate is shown").atMost(LIMIT).until(() -> TestCertificate.shownBy(rig.port())
                    .equals("CN=second"));
            rig.publish("tls", 0, "still here");
            RawClient.Frame frame = staying.frame();
            while (!frame.text().contains("still here")) {
                frame = staying.frame();
            }
            staying.write(RawClient.masked(RawClient.FIN | RawClient.TEXT, new byte[70_000]));
            assertEquals(4413, staying.closeCode());
        }
    }

    @Test
    void theEdgesOwnOriginIsTheOneByTls() {
        TestCertificate certificate = new TestCertificate(directory);
        certificate.install("only");
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        try (EdgeRig rig = EdgeRig.start(
                KAFKA.bootstrapServers(),
                tokens,
                "http.tls.certificate=" + certificate.certificate(),
                "http.tls.key=" + certificate.key())) {
            assertEquals(RawClient.TEXT, firstFrame(rig, "https").opcode());
            assertEquals(4403, firstFrame(rig, "http").closeCode());
        }
    }

    private static RawClient.Frame firstFrame(EdgeRig rig, String scheme) {
        try (RawClient client = new RawClient(rig.port(), TestCertificate.socket())) {
            client.handshake(
                    "/v1/stream",
                    List.of(
                            "Sec-WebSocket-Protocol: heddle.v1",
                            "Authorization: Bearer " + rig.tokens().token("tls"),
                            "Origin: " + scheme + "://127.0.0.1:" + rig.port()));
            return client.frame();
        }
    }

    @Test
    void plainHttpOnTheTlsPortIsHungUpOn() {
        TestCertificate certificate = new TestCertificate(directory);
        certificate.install("only");
        TokenSigner tokens = TokenSigner.ellipticIn(directory);
        try (EdgeRig rig = EdgeRig.start(
                        KAFKA.bootstrapServers(),
                        tokens,
                        "http.tls.certificate=" + certificate.certificate(),
                        "http.tls.key=" + certificate.key());
                RawClient plain = new RawClient(rig.port())) {
            plain.tryWrite("GET /v1/stream HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertFalse(plain.head().startsWith("HTTP"));
        }
    }
}
