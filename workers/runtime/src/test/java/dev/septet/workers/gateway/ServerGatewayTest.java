package dev.septet.workers.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.septet.workers.local.RealBinary;
import dev.septet.workers.server.ServerPorts;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workers.server.ServerRef;
import dev.septet.workers.supervise.Backoff;
import dev.septet.workers.supervise.ProcessSpec;
import dev.septet.workers.supervise.Supervisor;
import dev.septet.workers.supervise.SupervisorEvents;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.ListNamespacesRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The real server behind its gateway, seen by its owner, by strangers and by web pages. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerGatewayTest {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    @TempDir
    private static Path folder;

    private final HttpClient browser =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private ServerGateway gateway;
    private Supervisor supervisor;
    private WorkflowServiceStubs owner;

    @BeforeAll
    void start() throws IOException {
        gateway = ServerGateway.start(
                RealBinary.path(),
                folder.resolve("temporal.db"),
                new ServerPorts(0, 0),
                folder,
                folder.resolve("server.toml"),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path")));
        supervisor = new Supervisor(folder, Backoff.DEFAULT, new Silent());
        supervisor.keep(new ProcessSpec("server", gateway.plan().command(), Map.of(), folder.resolve("server.out"), 5));
        owner = WorkflowServiceStubs.newServiceStubs(server().options());
        await().atMost(Duration.ofSeconds(60)).until(() -> ServerProbe.answers(owner, Duration.ofSeconds(1)));
    }

    @AfterAll
    void end() {
        owner.shutdownNow();
        supervisor.close();
        gateway.close();
    }

    @Test
    void itsOwnerIsServedAlsoAfterTheServerWasKilled() throws IOException {
        assertThat(namespaces(owner)).contains("default");

        long killed = pid();
        ProcessHandle.of(killed).orElseThrow().destroyForcibly();
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> pid() != killed);

        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(namespaces(owner)).contains("default"));
    }

    @Test
    void nobodyIsServedWithoutTheToken() {
        for (String header : new String[] {"", "Bearer ", "Bearer " + "0".repeat(64), "Basic eA=="}) {
            assertThatThrownBy(() -> namespaces(header)).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                assertThat(e.getStatus().getDescription()).contains("set TEMPORAL_CONFIG_FILE");
            });
        }
    }

    /**
     * Another user of the machine finds no port of the server, and can read neither token nor
     * socket.
     */
    @Test
    void anotherUserOfTheMachineFindsNothing() throws IOException, InterruptedException {
        assertThat(gateway.obstacle()).as("this machine has network namespaces").isEmpty();
        Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
        Path its = Files.readSymbolicLink(Path.of("/proc/" + pid() + "/ns/net"));
        assertThat(its).isNotEqualTo(ours);
        assertThat(modes(folder.resolve("server.token"))).isEqualTo("rw-------");
        assertThat(modes(folder.resolve("server.toml"))).isEqualTo("rw-------");
        assertThat(modes(sockets())).isEqualTo("rwx------");
        assertThat(Files.exists(sockets().resolve("grpc"))).isTrue();

        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String secret : List.of("server.token", "server.toml", "sockets/grpc")) {
            Process other = new ProcessBuilder(
                            "setpriv",
                            "--reuid=65534",
                            "--regid=65534",
                            "--clear-groups",
                            "cat",
                            folder.resolve(secret).toString())
                    .redirectErrorStream(true)
                    .start();
            assertThat(new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("Permission denied");
            assertThat(other.waitFor()).isNotZero();
        }
    }

    @Test
    void theTemporalCliIsServedByTheProfile() throws IOException, InterruptedException {
        assertThat(cli(Map.of(
                        "TEMPORAL_CONFIG_FILE", folder.resolve("server.toml").toString())))
                .contains("default");
        assertThat(cli(Map.of("TEMPORAL_ADDRESS", server().address()))).contains("set TEMPORAL_CONFIG_FILE");
    }

    @Test
    void theWebUiWantsASignIn() throws IOException, InterruptedException {
        HttpResponse<String> stranger = get("/", "Accept", "text/html");
        assertThat(stranger.statusCode()).isEqualTo(401);
        assertThat(stranger.body()).contains("server.token").doesNotContain(token());
        assertThat(get("/api/v1/namespaces").statusCode()).isEqualTo(401);
        assertThat(get("/septet-sign-in?token=" + "0".repeat(64)).statusCode()).isEqualTo(401);

        HttpResponse<String> signedIn = get("/septet-sign-in?token=" + token());
        assertThat(signedIn.statusCode()).isEqualTo(200);
        String set = signedIn.headers().firstValue("set-cookie").orElseThrow();
        assertThat(set).contains("HttpOnly").contains("SameSite=Strict").doesNotContain(token());
        String cookie = set.substring(0, set.indexOf(';'));

        HttpResponse<String> namespaces = await("the Web UI, which starts after gRPC")
                .atMost(Duration.ofSeconds(30))
                .until(() -> get("/api/v1/namespaces", "Cookie", cookie), answer -> answer.statusCode() == 200);
        assertThat(namespaces.body()).contains("temporal-system");
        assertThat(get("/", "Cookie", cookie).body()).contains("<!doctype html>");
        assertThat(get("/", "Cookie", cookie.substring(0, cookie.length() - 1) + "x")
                        .statusCode())
                .isEqualTo(401);
    }

    /** As a browser sends it: the page's policy must not make its own form's origin null. */
    @Test
    void theSignInFormWorks() throws IOException, InterruptedException {
        HttpResponse<String> page = get("/workflows", "Accept", "text/html");
        assertThat(page.headers().firstValue("referrer-policy")).contains("same-origin");

        HttpResponse<String> signedIn = post("next=%2Fworkflows&token=" + token());
        assertThat(signedIn.statusCode()).isEqualTo(200);
        assertThat(signedIn.headers().firstValue("set-cookie")).isPresent();
        assertThat(signedIn.body()).contains("url=/workflows");
        assertThat(post("token=" + "0".repeat(64)).statusCode()).isEqualTo(401);
        assertThat(post("token=" + "0".repeat(1 << 16)).statusCode()).isEqualTo(413);
    }

    @Test
    void webPagesAndForeignHostNamesAreRefused() throws IOException {
        String here = "Host: 127.0.0.1:" + port();
        await("the Web UI, which starts after gRPC")
                .atMost(Duration.ofSeconds(30))
                .until(() -> status("GET", here).contains("200"));
        assertThat(status("GET", "Host: evil.test:" + port()))
                .as("DNS rebinding")
                .contains("403");
        assertThat(status("GET", here, "Origin: http://evil.test")).contains("403");
        assertThat(status("POST", here, "Origin: null")).contains("403");
        assertThat(status("GET", here, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"))
                .contains("403");
        assertThat(status("GET", here, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"))
                .as("a link on a page may be followed")
                .contains("200");
    }

    @Test
    void aTokenThatOthersMayReadIsRefused(@TempDir Path other) throws IOException {
        Path file = other.resolve("server.token");
        AccessToken first = AccessToken.of(file);
        assertThat(AccessToken.of(file)).isEqualTo(first);
        assertThat(first.toString()).doesNotContain(first.value());

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> AccessToken.of(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is open to others (rw-r--r--)");
    }

    private ServerRef server() {
        return gateway.plan().server();
    }

    private long pid() throws IOException {
        return Long.parseLong(Files.readString(folder.resolve("server.pid")).strip());
    }

    private Path sockets() {
        return folder.resolve("sockets");
    }

    private static String modes(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private String token() throws IOException {
        return Files.readString(folder.resolve("server.token")).strip();
    }

    private int port() {
        return URI.create(String.valueOf(server().ui())).getPort();
    }

    private static List<String> namespaces(WorkflowServiceStubs stubs) {
        return stubs
                .blockingStub()
                .listNamespaces(ListNamespacesRequest.getDefaultInstance())
                .getNamespacesList()
                .stream()
                .map(namespace -> namespace.getNamespaceInfo().getName())
                .toList();
    }

    private List<String> namespaces(String authorization) {
        Metadata metadata = new Metadata();
        if (!authorization.isEmpty()) {
            metadata.put(AUTHORIZATION, authorization);
        }
        WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget(server().address())
                .addGrpcMetadataProvider(() -> metadata)
                .build());
        try {
            return namespaces(stubs);
        } finally {
            stubs.shutdownNow();
        }
    }

    private static String cli(Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(RealBinary.path().toString(), "operator", "namespace", "list")
                .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("TEMPORAL_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    private HttpResponse<String> get(String path, @Nullable String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
        if (headers.length > 0) {
            List<String> list = new ArrayList<>(List.of(headers));
            request.headers(list.toArray(String[]::new));
        }
        return browser.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String form) throws IOException, InterruptedException {
        return browser.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/septet-sign-in"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** The status line of a request with the owner's cookie and exactly these headers. */
    private String status(String method, String... headers) throws IOException {
        String cookie = UiGateway.cookie(port()) + "=" + UiGateway.session(new AccessToken(token()), port());
        String request = "%s / HTTP/1.1\r\nCookie: %s\r\nConnection: close\r\nContent-Length: 0\r\n%s\r\n\r\n"
                .formatted(method, cookie, String.join("\r\n", headers));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    private static final class Silent implements SupervisorEvents {
        @Override
        public void died(String name, int status) {
            // The test sees it by what it asks the server.
        }

        @Override
        public void keepsDying(String name, Path log) {
            // As above.
        }
    }
}
