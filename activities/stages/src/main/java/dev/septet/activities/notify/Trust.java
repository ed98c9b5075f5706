package dev.septet.activities.notify;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The certificate authorities that are trusted for webhooks' servers. */
final class Trust {
    private Trust() {}

    /**
     * Java's own authorities and the given ones.
     *
     * @param authorities PEM file of certificates, null = only Java's
     * @throws StageProblem INVALID_PIPELINE when the file contains no certificate
     */
    static SSLSocketFactory with(@Nullable Path authorities) {
        if (authorities == null) {
            return (SSLSocketFactory) SSLSocketFactory.getDefault();
        }
        try (InputStream pem = Files.newInputStream(authorities)) {
            KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
            known.load(null, null);
            for (X509Certificate certificate : usual()) {
                add(known, certificate);
            }
            int usual = known.size();
            for (Certificate more : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                add(known, more);
            }
            if (known.size() == usual) {
                throw unusable();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(known), null);
            return context.getSocketFactory();
        } catch (IOException | GeneralSecurityException unreadable) {
            throw unusable();
        }
    }

    private static X509Certificate[] usual() throws GeneralSecurityException {
        for (TrustManager manager : managers(null)) {
            if (manager instanceof X509TrustManager known) {
                return known.getAcceptedIssuers();
            }
        }
        return new X509Certificate[0];
    }

    @SuppressWarnings("NullAway") // null selects Java's own
    private static TrustManager[] managers(@Nullable KeyStore known) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(known);
        return factory.getTrustManagers();
    }

    private static void add(KeyStore store, Certificate certificate) throws GeneralSecurityException {
        store.setCertificateEntry("ca-" + store.size(), certificate);
    }

    private static StageProblem unusable() {
        return StageProblem.invalid(
                "the file that this worker's operator names in %s cannot be read as certificates (PEM)"
                        .formatted(Setting.NOTIFY_CA.variable()));
    }
}
