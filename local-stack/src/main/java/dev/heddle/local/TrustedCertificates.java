package dev.heddle.local;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The certificates of a PEM file as the only ones that an HTTP client trusts. */
final class TrustedCertificates {
    private TrustedCertificates() {}

    /**
     * A client that trusts only servers whose certificate chain leads to a certificate of the file.
     *
     * @throws CommandFailedException if the file cannot be read or has no certificate
     */
    static HttpClient client(Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(pem);
            if (certificates.isEmpty()) {
                throw new CommandFailedException("there is no certificate in " + file);
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate : certificates) {
                store.setCertificateEntry(Integer.toString(store.size()), certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return HttpClient.newBuilder().sslContext(tls).build();
        } catch (CertificateException e) {
            throw new CommandFailedException("what is in " + file + " is no certificate", e);
        } catch (IOException e) {
            throw new CommandFailedException("cannot read " + file, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JRE has these
        }
    }
}
