package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workers.server.ServerRef;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The official Temporal server as {@code .ci/temporal-server} builds it, with mutual TLS and
 * authorization by the claims of signed tokens (API keys).
 */
final class AuthorizedServer implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(1);
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final Path folder;
    private final int port;
    private final KeyPair signer;
    private final HttpServer keys;
    private final Process process;

    private AuthorizedServer(Path folder, int port, KeyPair signer, HttpServer keys, Process process) {
        this.folder = folder;
        this.port = port;
        this.signer = signer;
        this.keys = keys;
        this.process = process;
    }

    /** Starts it with its certificates in this folder, and makes the namespace {@code default}. */
    static AuthorizedServer start(Path folder) throws Exception {
        certificates(Files.createDirectories(folder));
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        KeyPair signer = rsa.generateKeyPair();
        HttpServer keys = publish(signer);
        List<Integer> ports = freePorts(10);
        Path config = Files.createDirectories(folder.resolve("config"));
        Files.writeString(
                config.resolve("development.yaml"),
                configuration(folder, ports, keys.getAddress().getPort()));
        Path log = folder.resolve("server.txt");
        List<String> command = new ArrayList<>(List.of(binary(), "--root", folder.toString()));
        command.addAll(List.of("--config", "config", "--env", "development", "start"));
        for (String service : List.of("frontend", "internal-frontend", "matching", "history")) {
            command.addAll(List.of("--service", service));
        }
        command.addAll(List.of("--service", "worker"));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        AuthorizedServer server = new AuthorizedServer(folder, ports.get(0), signer, keys, process);
        await("the server; see " + log)
                .atMost(START)
                .failFast(() -> !process.isAlive())
                .until(() -> ServerProbe.listens("127.0.0.1", server.port));
        server.createNamespace();
        return server;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** A configuration file of Temporal's clients with a client certificate and this API key. */
    Path profile(String name, String apiKey) throws IOException {
        return profile(name, apiKey, """
                client_cert_path = "%1$s/client.pem"
                client_key_path = "%1$s/client.key"
                """.formatted(folder));
    }

    /** The same without a client certificate. */
    Path profileWithoutCertificate(String name, String apiKey) throws IOException {
        return profile(name, apiKey, "");
    }

    private Path profile(String name, String apiKey, String certificate) throws IOException {
        Path file = folder.resolve(name + ".toml");
        Files.writeString(file, """
                [profile.default]
                address = "%s"
                namespace = "default"
                api_key = "%s"

                [profile.default.tls]
                server_ca_cert_path = "%s/ca.pem"
                %s""".formatted(address(), apiKey, folder, certificate));
        return file;
    }

    /** How a test's own client reaches it. */
    ServerRef ref(Path profile) {
        return new ServerRef(address(), "default", ServerRef.Kind.OWN, null, profile);
    }

    /** A token whose holder may do this, such as {@code default:read}. */
    String apiKey(String... permissions) throws GeneralSecurityException {
        String list = "\"" + String.join("\",\"", permissions) + "\"";
        String unsigned = encoded("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"test\"}")
                + "."
                + encoded("{\"sub\":\"septet\",\"exp\":4102444800,\"permissions\":[%s]}".formatted(list));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(signer.getPrivate());
        signature.update(unsigned.getBytes(StandardCharsets.US_ASCII));
        return unsigned + "." + BASE64.encodeToString(signature.sign());
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
        keys.stop(0);
    }

    private void createNamespace() throws Exception {
        Path admin = profile("admin", apiKey("temporal-system:admin", "default:admin"));
        await("the namespace")
                .atMost(START)
                .failFast(() -> !process.isAlive())
                .untilAsserted(() -> assertThat(Shell.run(
                                        folder,
                                        Map.of("TEMPORAL_CONFIG_FILE", admin.toString()),
                                        TemporalCli.path().toString(),
                                        "operator",
                                        "namespace",
                                        "create",
                                        "--namespace",
                                        "default")
                                .all())
                        .containsAnyOf("successfully registered", "already exists"));
    }

    private static String binary() throws IOException, InterruptedException {
        String named = System.getenv("SEPTET_TEMPORAL_SERVER");
        if (named != null) {
            return named;
        }
        return Shell.installed(1200, "temporal-server").get(0);
    }

    private static void certificates(Path folder) throws IOException, InterruptedException {
        String script = """
                set -e
                key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }
                key ca
                openssl req -x509 -new -key ca.key -days 2 -subj /CN=test-ca -out ca.pem
                for name in server client; do
                    key $name
                    openssl req -new -key $name.key -subj /CN=$name -out $name.csr
                    echo 'subjectAltName=DNS:localhost,IP:127.0.0.1' > $name.ext
                    openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \\
                        -extfile $name.ext -out $name.pem
                done
                """;
        Shell.Said said = Shell.run(folder, Map.of(), "bash", "-c", script);
        assertThat(said.status()).as(said.all()).isZero();
    }

    private static HttpServer publish(KeyPair signer) throws IOException {
        RSAPublicKey key = (RSAPublicKey) signer.getPublic();
        byte[] set = """
                {"keys":[{"kty":"RSA","kid":"test","use":"sig","alg":"RS256","n":"%s","e":"%s"}]}
                """.formatted(
                        BASE64.encodeToString(unsigned(key.getModulus().toByteArray())),
                        BASE64.encodeToString(key.getPublicExponent().toByteArray()))
                .getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/keys", exchange -> {
            exchange.sendResponseHeaders(200, set.length);
            exchange.getResponseBody().write(set);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String encoded(String json) {
        return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] unsigned(byte[] number) {
        return number[0] == 0 ? java.util.Arrays.copyOfRange(number, 1, number.length) : number;
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int at = 0; at < count; at++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private static String configuration(Path folder, List<Integer> ports, int keyPort) {
        String database = """
                {sql: {pluginName: sqlite, databaseName: default, connectAddr: localhost, connectProtocol: tcp,
                      connectAttributes: {mode: memory, cache: private}, maxConns: 1, maxIdleConns: 1}}
                """.strip();
        String tls = """
                {server: {certFile: FOLDER/server.pem, keyFile: FOLDER/server.key, requireClientAuth: true,
                      clientCaFiles: [FOLDER/ca.pem]},
                      client: {serverName: localhost, rootCaFiles: [FOLDER/ca.pem]}}
                """.strip().replace("FOLDER", folder.toString());
        StringBuilder services = new StringBuilder();
        List<String> names = List.of("frontend", "internal-frontend", "matching", "history", "worker");
        for (int at = 0; at < names.size(); at++) {
            services.append(String.format(
                    Locale.ROOT,
                    "  %s: {rpc: {grpcPort: %d, membershipPort: %d, bindOnIP: 127.0.0.1}}%n",
                    names.get(at),
                    ports.get(2 * at),
                    ports.get(2 * at + 1)));
        }
        return String.format(Locale.ROOT, """
        log: {stdout: true, level: warn}
        persistence:
          defaultStore: main
          visibilityStore: visibility
          numHistoryShards: 1
          datastores:
            main: %1$s
            visibility: %1$s
        global:
          membership: {maxJoinDuration: 30s, broadcastAddress: 127.0.0.1}
          tls:
            internode: %2$s
            frontend: %2$s
          authorization:
            jwtKeyProvider: {keySourceURIs: ["http://127.0.0.1:%3$d/keys"], refreshInterval: 1m}
            permissionsClaimName: permissions
            authorizer: default
            claimMapper: default
        services:
        %4$s
        clusterMetadata:
          enableGlobalNamespace: false
          failoverVersionIncrement: 10
          masterClusterName: active
          currentClusterName: active
          clusterInformation:
            active: {enabled: true, initialFailoverVersion: 1, rpcName: frontend, rpcAddress: "127.0.0.1:%5$d"}
        """, database, tls, keyPort, services, ports.get(0));
    }
}
