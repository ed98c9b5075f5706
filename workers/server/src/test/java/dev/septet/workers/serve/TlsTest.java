package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.KeyRing;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS with a certificate that the test makes and signs itself. */
class TlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path folder = Path.of("");

    private TlsFiles made(String name, String algorithm) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        byte[] said = keytool.getInputStream().readAllBytes();
        assertThat(new String(said, StandardCharsets.UTF_8)).doesNotContain("Exception");
        assertThat(keytool.waitFor()).isZero();
        KeyStore made = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        return new TlsFiles(
                pem(name + ".crt", "CERTIFICATE", made.getCertificate("server").getEncoded()),
                pem(
                        name + ".key",
                        "PRIVATE KEY",
                        made.getKey("server", PASSWORD.toCharArray()).getEncoded()));
    }

    private Path pem(String name, String kind, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return Files.writeString(
                folder.resolve(name), "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, text, kind));
    }

    private static ModelServer start(TlsFiles tls) throws IOException {
        Models models = new Models();
        models.add("m", new HostedBackend("abcdef123456", ScriptedBackend.echoing()));
        return ModelServer.start(
                new ServeSettings("127.0.0.1", 0, KeyRing.fixed(ApiKeys.NONE), ServeLimits.DEFAULT, Set.of(), tls),
                models,
                AuditBook.none());
    }

    private static HttpClient trusting(TlsFiles tls) throws Exception {
        KeyStore known = KeyStore.getInstance("PKCS12");
        known.load(null, null);
        try (var in = Files.newInputStream(tls.certificates())) {
            known.setCertificateEntry(
                    "server",
                    java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(known);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), new SecureRandom());
        return HttpClient.newBuilder().sslContext(context).build();
    }

    @Test
    void answersOverTlsWholeAndStreamedAndNotWithoutIt() throws Exception {
        for (String algorithm : List.of("RSA", "EC")) {
            TlsFiles tls = made(algorithm, algorithm);
            try (ModelServer server = start(tls)) {
                HttpClient client = trusting(tls);
                for (String more : List.of("\"n\": 1", "\"stream\": true")) {
                    HttpResponse<String> answer = client.send(
                            HttpRequest.newBuilder(URI.create(String.format(
                                            Locale.ROOT, "https://127.0.0.1:%d/v1/chat/completions", server.port())))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(Client.chat(more)))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
                    assertThat(answer.statusCode()).isEqualTo(200);
                    assertThat(answer.body()).contains(more.contains("stream") ? "[DONE]" : "hello");
                }
                try (RawClient plain = new RawClient(server.port())) {
                    plain.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
                    assertThat(plain.lengthOfRest()).isLessThan(50);
                }
            }
        }
    }

    @Test
    void filesThatDoNotBelongTogetherAreExplained() throws Exception {
        TlsFiles one = made("one", "EC");
        TlsFiles other = made("other", "EC");
        Path none = Files.writeString(folder.resolve("none.pem"), "no pem");

        assertThatThrownBy(() -> new TlsFiles(one.certificates(), other.key()).open())
                .hasMessageContaining("is not that of the first certificate of");
        assertThatThrownBy(() -> new TlsFiles(one.certificates(), none).open())
                .hasMessageContaining("has no private key in PKCS #8");
        assertThatThrownBy(() -> new TlsFiles(none, one.key()).open())
                .hasMessageContaining("none.pem has no certificate");
        assertThatThrownBy(() -> new TlsFiles(folder.resolve("x.pem"), one.key()).open())
                .hasMessageContaining("cannot read");
    }
}
