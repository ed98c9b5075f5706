package dev.septet.workers.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.temporal.testserver.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerFinderTest {
    /** No process has this id. */
    private static final long NOBODY = Long.MAX_VALUE;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void theConfiguredAddressWins() {
        assertThat(find(Map.of("TEMPORAL_ADDRESS", "example.test:7233", "TEMPORAL_NAMESPACE", "ml"), 1))
                .contains(new ServerRef("example.test:7233", "ml", ServerRef.Kind.CONFIGURED, null));
    }

    @Test
    void aProfileOfTheTemporalCliIsTheSame() throws IOException {
        Path config = folder.resolve("temporal.toml");
        Files.writeString(config, "[profile.gpu]\naddress = \"gpu.test:7233\"\n");

        assertThat(find(Map.of("TEMPORAL_CONFIG_FILE", config.toString(), "TEMPORAL_PROFILE", "gpu"), 1))
                .map(ServerRef::address)
                .contains("gpu.test:7233");
    }

    @Test
    void aBrokenConfigurationIsSaid() throws IOException {
        Path config = folder.resolve("temporal.toml");
        Files.writeString(config, "[profile.gpu\n");

        assertThatThrownBy(() -> find(Map.of("TEMPORAL_CONFIG_FILE", config.toString()), 1))
                .isInstanceOf(ServerProblem.class)
                .hasMessageStartingWith("the Temporal configuration cannot be read");
    }

    @Test
    void nothingListens() {
        assertThat(find(Map.of(), 1)).isEmpty();
    }

    @Test
    void somethingElseListens() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(find(Map.of(), other.getLocalPort())).isEmpty();
            assertThat(ServerPlan.free(other.getLocalPort())).isNotEqualTo(other.getLocalPort());
        }
    }

    @Test
    void aServerThatNobodyConfiguredIsNamedAndNotJoined() throws IOException {
        int port = ServerPlan.free(0);
        var server = TestServer.createPortBoundServer(port);
        try {
            assertThat(find(Map.of(), port)).isEmpty();
            assertThat(finder(Map.of(), port).foreignServer()).contains("127.0.0.1:" + port);

            ServerRef ref = new ServerRef("127.0.0.1:" + port, "default", ServerRef.Kind.OWN, null);
            new ServerFile(folder.resolve("server.json")).write(ref, NOBODY);
            assertThat(find(Map.of(), 1)).as("Septet started it").contains(ref);
        } finally {
            server.close();
        }
        assertThat(find(Map.of(), port)).isEmpty();
        assertThat(finder(Map.of(), port).foreignServer()).isEmpty();
    }

    @Test
    void theServerOfALivingOwnerIsAwaited() throws IOException {
        ServerRef own = new ServerRef("127.0.0.1:1", "default", ServerRef.Kind.OWN, null);
        ServerFile file = new ServerFile(folder.resolve("server.json"));

        file.write(own);
        assertThat(find(Map.of(), 1)).as("its owner starts it again").contains(own);

        file.write(own, NOBODY);
        assertThat(find(Map.of(), 1)).as("it ended with its owner").isEmpty();
    }

    @Test
    void theProfileOfTheStateFoldersServerIsThatServer() throws IOException {
        Path profile = folder.resolve("server.toml");
        Files.writeString(profile, "[profile.default]\naddress = \"127.0.0.1:1\"\n");
        Map<String, String> environment = Map.of("TEMPORAL_CONFIG_FILE", profile.toString());
        assertThat(find(environment, 1))
                .as("it has ended; another one may start")
                .isEmpty();

        ServerRef own = new ServerRef("127.0.0.1:1", "default", ServerRef.Kind.OWN, null, profile);
        new ServerFile(folder.resolve("server.json")).write(own);
        assertThat(find(environment, 1)).contains(own);
    }

    @Test
    void aWantedPortThatIsTakenIsSaid() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int taken = other.getLocalPort();

            assertThatThrownBy(() -> new ServerPorts(taken, null).freeServer())
                    .isInstanceOf(ServerProblem.class)
                    .hasMessage(String.format(
                            Locale.ROOT,
                            "port %d of this machine is taken. Choose another one with --port; 0 = any free port.",
                            taken));
        }
    }

    @Test
    void aRunsPage() {
        ServerRef server = new ServerRef("127.0.0.1:7233", "default", ServerRef.Kind.OWN, "http://ui");

        assertThat(server.page("a b/train", "42")).isEqualTo("http://ui/namespaces/default/workflows/a%20b%2Ftrain/42");
    }

    private java.util.Optional<ServerRef> find(Map<String, String> environment, int port) {
        return finder(environment, port).find();
    }

    private ServerFinder finder(Map<String, String> environment, int port) {
        return new ServerFinder(environment, new ServerFile(folder.resolve("server.json")), port);
    }
}
