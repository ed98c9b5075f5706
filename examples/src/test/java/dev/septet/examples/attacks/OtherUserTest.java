package dev.septet.examples.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.authority.RunKey;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.settings.Setting;
import dev.septet.workers.codec.CodecServer;
import dev.septet.workers.codec.CodecSettings;
import dev.septet.workers.codec.CodecToken;
import dev.septet.workers.serve.ModelServer;
import dev.septet.workers.serve.ServeSettings;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real second user opens everything that is in a state folder, and asks at the ports. */
class OtherUserTest {
    private static final Path SCRIPT = Path.of("../examples/attacks/other-user.sh");
    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    @TempDir
    Path root;

    @BeforeEach
    void asRoot() throws IOException {
        assumeTrue(System.getProperty("user.name", "").equals("root"), "only root can become another user");
        mode(root, "rwxr-xr-x");
    }

    @Test
    void findsNothingToReadAndIsNotAnswered() throws Exception {
        Path state = root.resolve("state");
        fill(state);
        String token = CodecToken.of(state.resolve("codec.token"));
        Path keys = Files.createFile(state.resolve("payload.keys"));
        mode(keys, "rw-------");
        Files.writeString(keys, "current: k\nk: " + KEY + "\n");
        try (CodecServer codec = CodecServer.start(
                        new CodecSettings(Map.of(Setting.CODEC_KEYS.variable(), keys.toString())).keys(),
                        0,
                        token,
                        Set.of());
                ModelServer server = ModelServer.start(
                        new ServeSettings(
                                "127.0.0.1", 0, new ApiKeys(List.of("a-key-that-is-long-enough")), ServeLimits.DEFAULT),
                        new Models(),
                        AuditBook.none())) {
            int codecPort = URI.create(codec.address()).getPort();
            assertThat(tries(state, codecPort, server.port())).isEmpty();
            // Also where the folder itself lets others through: each file is closed on its own.
            mode(state, "rwx--x--x");
            assertThat(tries(state, codecPort, server.port())).isEmpty();
        }
    }

    @Test
    void whatIsOpenIsFound() throws Exception {
        Path state = Files.createDirectory(root.resolve("state"));
        mode(state, "rwxr-xr-x");
        Path open = Files.writeString(state.resolve("report.html"), "x");
        mode(open, "rw-r--rw-");
        try (ModelServer server = ModelServer.start(
                new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, ServeLimits.DEFAULT), new Models(), AuditBook.none())) {
            assertThat(tries(state, server.port()))
                    .contains("lists " + state, "reads " + open, "writes " + open)
                    .anyMatch(line -> line.contains("/v1/models: HTTP/1.1 200"));
        }
    }

    private void fill(Path state) throws IOException {
        LocalStore store = new LocalStore(state.resolve("store"));
        Fence fence = new Fence("run/train", 1);
        store.open(fence);
        Path file = Files.writeString(root.resolve("weights.bin"), "weights");
        store.put(Map.of("model/weights.bin", file), fence);
        store.putRecord("results/prepare/key", "text", fence);
        RunKey.of(Map.of(), state, 0);
        new AuditLogs(state.resolve("audit"), AtRestEncryption.none())
                .writer("helper", AuditSettings.DEFAULT)
                .close();
    }

    private static List<String> tries(Path state, int... ports) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("bash", SCRIPT.toAbsolutePath().toString(), state.toString()));
        for (int port : ports) {
            command.add(Integer.toString(port));
        }
        Process script = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(script.waitFor()).as(said).isEqualTo(said.isEmpty() ? 0 : 1);
        return said.lines().toList();
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
