package dev.heddle.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A self-signed certificate and its key, as PEM files in a directory. The JDK's keytool makes them; making others in
 * the same place replaces them.
 */
public record TestCertificate(Path directory) {

    private static final char[] WORD = "changeit".toCharArray();

    /** The PEM file of the certificate. */
    public Path certificate() {
        return directory.resolve("cert.pem");
    }

    /** The PEM file of its key. */
    public Path key() {
        return directory.resolve("key.pem");
    }

    /** Writes a new certificate for this name and its key to the files, one after the other. */
    public void install(String name) {
        Path store = directory.resolve(name + ".p12");
        try {
            List<String> command = new ArrayList<>();
            command.add(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
            TestJvm.options().forEach(option -> command.add("-J" + option));
            command.addAll(List.of(
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
                    String.valueOf(WORD)));
            Process keytool = new ProcessBuilder(command).start();
            if (keytool.waitFor() != 0) {
                throw new AssertionError("keytool made no certificate");
            }
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, WORD);
            }
            write(key(), "PRIVATE KEY", keys.getKey("edge", WORD).getEncoded());
            write(certificate(), "CERTIFICATE", keys.getCertificate("edge").getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("no certificate", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static void write(Path file, String what, byte[] der) throws IOException {
        String text = "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der)
                + "\n-----END " + what + "-----\n";
        Files.writeString(file, text);
    }

    /** An unconnected socket that accepts any certificate. */
    public static SSLSocket socket() {
        try {
            return (SSLSocket) trustingAll().getSocketFactory().createSocket();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A TLS context that accepts any certificate for any host. */
    public static SSLContext trustingAll() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustingAll()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("no TLS", e);
        }
    }

    /**
     * The subject of the certificate that a server on this loopback port presents to a new connection, as
     * {@code CN=name}.
     */
    public static String shownBy(int port) {
        try (SSLSocket socket = socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        } catch (IOException e) {
            throw new AssertionError("no handshake", e);
        }
    }

    /**
     * A trust manager that accepts everything. It extends the {@code Extended} class, because the JDK then leaves
     * checking the host name to it.
     */
    private static final class TrustingAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
