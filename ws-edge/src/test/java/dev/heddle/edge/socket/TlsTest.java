package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.testing.Await;
import dev.heddle.testing.KafkaFixture;
import dev.heddle.testing.TestTokens;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final char[] WORD = "changeit".toCharArray();

    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    @TempDir
    Path directory = Path.of("");

    /** Takes whatever it is shown; the test looks at it itself. */
    private static final class Gullible implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Puts a new certificate of this name, and its key, where the edge looks for them. */
    private void install(String name) throws IOException, GeneralSecurityException, InterruptedException {
        Path store = directory.resolve(name + ".p12");
        assertEquals(
                0,
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "edge",
                                "-keyalg",
                                "EC",
                                "-groupname",
                                "secp256r1",
                                "-dname",
                                "CN=" + name,
                                "-validity",
                                "2",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                String.valueOf(WORD))
                        .start()
                        .waitFor());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, WORD);
        }
        write("key.pem", "PRIVATE KEY", keys.getKey("edge", WORD).getEncoded());
        write("cert.pem", "CERTIFICATE", keys.getCertificate("edge").getEncoded());
    }

    private void write(String file, String what, byte[] der) throws IOException {
        String text = "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der)
                + "\n-----END " + what + "-----\n";
        Files.writeString(directory.resolve(file), text);
    }

    private static SSLSocket socket() throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Gullible()}, null);
        return (SSLSocket) context.getSocketFactory().createSocket();
    }

    private static String nameShownBy(int port) {
        try (SSLSocket socket = socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError("no handshake", e);
        }
    }

    @Test
    void aCertificateIsChangedUnderConnectionsThatGoOn()
            throws IOException, GeneralSecurityException, InterruptedException {
        install("first");
        TestTokens tokens = TestTokens.in(directory);
        TlsConfig tls = new TlsConfig(
                directory.resolve("cert.pem").toString(),
                directory.resolve("key.pem").toString(),
                Duration.ofMillis(100));
        try (EdgeRig rig = EdgeRig.start(
                        KAFKA.bootstrapServers(),
                        tokens,
                        config -> config.withHttp(config.http().withTls(tls)));
                RawClient staying = new RawClient(rig.port(), socket())) {
            String head = staying.handshake(
                    "/v1/stream",
                    List.of("Sec-WebSocket-Protocol: heddle.v1", "Authorization: Bearer " + tokens.token("tls")));
            assertTrue(head.startsWith("HTTP/1.1 101"), head);
            assertEquals("CN=first", nameShownBy(rig.port()));
            Files.writeString(directory.resolve("key.pem"), "-----BEGIN PRIV");
            assertEquals("CN=first", nameShownBy(rig.port()));
            install("second");
            Await.until("the new certificate is shown", LIMIT, () -> nameShownBy(rig.port())
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
    void plainHttpOnTheTlsPortIsHungUpOn() throws IOException, GeneralSecurityException, InterruptedException {
        install("only");
        TestTokens tokens = TestTokens.in(directory);
        TlsConfig tls = new TlsConfig(
                directory.resolve("cert.pem").toString(),
                directory.resolve("key.pem").toString(),
                Duration.ofMinutes(1));
        try (EdgeRig rig = EdgeRig.start(
                        KAFKA.bootstrapServers(),
                        tokens,
                        config -> config.withHttp(config.http().withTls(tls)));
                RawClient plain = new RawClient(rig.port())) {
            plain.tryWrite("GET /v1/stream HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertFalse(plain.head().startsWith("HTTP"));
        }
    }
}
