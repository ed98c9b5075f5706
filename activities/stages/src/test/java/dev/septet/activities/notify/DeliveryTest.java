package dev.septet.activities.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.septet.activities.attempt.StageProblem;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over TLS to a server with a certificate that nobody signed, and with names that change. */
class DeliveryTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path folder = Path.of("");

    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final List<HttpServer> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    @Test
    void deliversOverTlsWhereTheOperatorNamesTheAuthority() throws Exception {
        Path certificate = certificate("ip:127.0.0.1");
        HttpServer server = secure();

        assertThat(send(server, Trust.with(certificate))).isEqualTo(204);
        assertThat(bodies).containsExactly("{}");
    }

    @Test
    void refusesACertificateThatNobodyTrusts() throws Exception {
        certificate("ip:127.0.0.1");
        HttpServer server = secure();

        assertThatThrownBy(() -> send(server, Trust.with(null)))
                .isInstanceOf(IOException.class)
                .hasMessage("it has no certificate for its name that this worker trusts; the worker's"
                        + " operator may set SEPTET_NOTIFY_CA to its authority's certificate");
        assertThat(bodies).isEmpty();
    }

    @Test
    void refusesATrustedCertificateForAnotherName() throws Exception {
        Path certificate = certificate("dns:elsewhere.example");
        HttpServer server = secure();

        assertThatThrownBy(() -> send(server, Trust.with(certificate)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("it has no certificate for its name");
        assertThat(bodies).isEmpty();
    }

    @Test
    void saysThatTheOperatorsFileHoldsNoCertificate() throws IOException {
        Path empty = Files.writeString(folder.resolve("ca.pem"), "");
        Path other = Files.writeString(folder.resolve("notes.txt"), "not a certificate");

        for (Path file : List.of(empty, other, folder.resolve("gone.pem"))) {
            assertThatThrownBy(() -> Trust.with(file))
                    .isInstanceOf(StageProblem.class)
                    .hasMessageContaining("SEPTET_NOTIFY_CA cannot be read as certificates (PEM)");
        }
    }

    /** Looked up again, the name would be this machine's, where a server waits for it. */
    @Test
    void connectsToTheAddressThatWasJudgedHoweverTheNameChanges() throws Exception {
        HttpServer server = serve(HttpServer.create(local(), 0));
        InetAddress open = InetAddress.getByAddress("hook.example", new byte[] {8, 8, 8, 8});
        InetAddress here = InetAddress.getByAddress("hook.example", new byte[] {127, 0, 0, 1});
        Deque<InetAddress> answers = new ArrayDeque<>(List.of(open, here, here));
        List<InetSocketAddress> connections = new ArrayList<>();
        Delivery.Network rebinding = new Delivery.Network() {
            @Override
            public InetAddress[] addresses(String host) {
                return new InetAddress[] {answers.remove()};
            }

            @Override
            public Socket socket() {
                return new Socket() {
                    @Override
                    public void connect(SocketAddress to, int millis) throws IOException {
                        connections.add((InetSocketAddress) to);
                        super.connect(server.getAddress(), millis); // the Internet's part
                    }
                };
            }
        };

        int status = new Delivery(false, rebinding, Trust.with(null))
                .post(URI.create("http://hook.example/"), Map.of(), bytes());

        assertThat(status).isEqualTo(204);
        assertThat(answers).as("looked up once").hasSize(2);
        assertThat(connections).singleElement().satisfies(to -> {
            assertThat(to.isUnresolved()).isFalse();
            assertThat(to.getAddress().getHostAddress()).isEqualTo("8.8.8.8");
        });
        assertThatThrownBy(() -> new Delivery(false, rebinding, Trust.with(null))
                        .post(URI.create("http://hook.example/"), Map.of(), bytes()))
                .isInstanceOf(StageProblem.class)
                .hasMessageStartingWith("the address is not a public Internet address");
        assertThat(connections).hasSize(1);
    }

    private int send(HttpServer server, SSLSocketFactory trust) throws IOException {
        return new Delivery(true, Delivery.Network.REAL, trust)
                .post(
                        URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/"),
                        Map.of("Content-Type", "application/json"),
                        bytes());
    }

    private static byte[] bytes() {
        return new byte[] {'{', '}'};
    }

    /** Makes the key of the server, and gives its certificate as PEM. */
    private Path certificate(String name) throws Exception {
        Path pem = folder.resolve("server.pem");
        keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=test", "-ext", "san=" + name, "-validity", "2");
        keytool("-exportcert", "-rfc", "-file", pem.toString());
        return pem;
    }

    private void keytool(String... words) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(words));
        command.addAll(List.of(
                "-alias",
                "server",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                folder.resolve("server.p12").toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.txt").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("keytool.txt")))
                .isZero();
    }

    private HttpServer secure() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("server.p12"))) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(local(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return serve(server);
    }

    private HttpServer serve(HttpServer server) {
        server.createContext("/", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        servers.add(server);
        return server;
    }

    private static InetSocketAddress local() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
