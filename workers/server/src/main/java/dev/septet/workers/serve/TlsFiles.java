package dev.septet.workers.serve;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * The TLS certificate and key files of a server, in PEM.
 *
 * @param certificates the server's certificate first, then those of its issuers
 * @param key the private key of the server's certificate, in PKCS #8
 */
public record TlsFiles(Path certificates, Path key) {
    private static final Pattern PEM = Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

    /**
     * Reads the files.
     *
     * @throws IOException when a file cannot be read, or the key does not match the certificate;
     *     the message is for the person who starts the server and shows nothing of the key
     */
    public SslContextFactory.Server open() throws IOException {
        try {
            Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(certificates)))
                    .toArray(Certificate[]::new);
            if (chain.length == 0) {
                throw new IOException(certificates + " has no certificate in PEM");
            }
            PrivateKey secret = privateKey(chain[0].getPublicKey());
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", secret, new char[0], chain);
            SslContextFactory.Server factory = new SslContextFactory.Server();
            factory.setKeyStore(store);
            factory.setKeyStorePassword("");
            factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
            return factory;
        } catch (NoSuchFileException missing) {
            throw new IOException("cannot read " + missing.getFile(), missing);
        } catch (GeneralSecurityException e) {
            throw new IOException("%s has no certificates in PEM that can be read".formatted(certificates), e);
        }
    }

    private PrivateKey privateKey(PublicKey of) throws IOException {
        Matcher pem = PEM.matcher(Files.readString(key, StandardCharsets.US_ASCII));
        if (!pem.find() || !pem.group(1).equals("PRIVATE KEY")) {
            throw new IOException(
                    "%s has no private key in PKCS #8 (-----BEGIN PRIVATE KEY-----); `openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW` makes one"
                            .formatted(key));
        }
        byte[] bytes = Base64.getMimeDecoder().decode(pem.group(2));
        for (String algorithm : ALGORITHMS) {
            try {
                PrivateKey found = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
                if (signs(found, of)) {
                    return found;
                }
            } catch (GeneralSecurityException another) {
                // the key has another algorithm
            }
        }
        throw new IOException(
                "the private key of %s is not that of the first certificate of %s".formatted(key, certificates));
    }

    private static boolean signs(PrivateKey secret, PublicKey known) throws GeneralSecurityException {
        String kind = switch (secret.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "Ed25519";
        };
        Signature signature = Signature.getInstance(kind);
        signature.initSign(secret);
        signature.update((byte) 1);
        byte[] signed = signature.sign();
        signature.initVerify(known);
        signature.update((byte) 1);
        return signature.verify(signed);
    }
}
