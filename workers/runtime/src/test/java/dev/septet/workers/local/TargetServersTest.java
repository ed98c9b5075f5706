package dev.septet.workers.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.host.HostFile;
import dev.septet.activities.host.Hosts;
import dev.septet.activities.host.LocalPipelines;
import dev.septet.activities.serving.Endpoint;
import dev.septet.activities.serving.Endpoints;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.workers.StateFolder;
import dev.septet.workers.server.ServerPorts;
import dev.septet.workers.supervise.Backoff;
import dev.septet.workers.supervise.Supervisor;
import dev.septet.workers.supervise.SupervisorEvents;
import dev.septet.workflows.host.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which server processes there are; in Java's place a script that says how it was called. */
class TargetServersTest {
    private static final Fence FENCE = new Fence("run-1/route", 1);
    private static final String KEY = "a-key-that-is-long-enough";

    @TempDir
    private Path folder = Path.of("");

    private final List<String> notes = new CopyOnWriteArrayList<>();
    private final List<String> deaths = new CopyOnWriteArrayList<>();
    private Supervisor supervisor = supervisor();
    private Endpoints endpoints = new Endpoints(new LocalStore(folder));
    private LocalPipelines here = here(Map.of());
    private TargetServers servers = servers(Path.of("java"));

    @BeforeEach
    void start() throws IOException {
        Path java = folder.resolve("java");
        Files.writeString(
                java,
                "#!/bin/sh\nenv > %s/environment.txt\necho \"$* keys=$SEPTET_API_KEYS\" > %s/called.txt\nexec sleep 60\n"
                        .formatted(folder, folder));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        supervisor = supervisor();
        endpoints = new Endpoints(new LocalStore(folder.resolve("store")));
        here = here(Map.of());
        servers = servers(java);
    }

    @AfterEach
    void stop() {
        supervisor.close();
    }

    @Test
    void keepsOneServerForEachAddressWhileAPipelineWantsIt() throws IOException {
        Path libraries = Files.createDirectories(folder.resolve("libraries"));
        Files.createFile(libraries.resolve("libtorch.so"));
        Files.createFile(libraries.resolve("libtorch_cuda.so"));
        Files.createDirectories(folder.resolve("state"));
        Files.writeString(folder.resolve("state/gpu.env"), "PYTORCH_LIBRARY_PATH=%s\n".formatted(libraries));
        Endpoint one = new Endpoint("127.0.0.1", 8091, "SERVE_KEY");
        endpoints.set("bot", one, FENCE);
        endpoints.set("other", one, FENCE);
        servers.look();
        servers.look();

        assertThat(notes).containsExactly("Serving 'bot' at http://127.0.0.1:8091");
        assertThat(called())
                .contains("serve --targets --host 127.0.0.1 --port 8091 --log-format none")
                .endsWith("keys=" + KEY);
        assertThat(Files.readString(folder.resolve("environment.txt")))
                .contains("SEPTET_API_KEYS=" + KEY, "PYTORCH_LIBRARY_PATH=" + libraries)
                .doesNotContain("s3cret", "SEPTET_SECRET_");
        long first = pid("serve-8091").orElseThrow();
        ProcessHandle.of(first).ifPresent(ProcessHandle::destroyForcibly);
        await().until(() -> pid("serve-8091").filter(pid -> pid != first).isPresent());
        assertThat(deaths).containsExactly("serve-8091");

        endpoints.set("bot", null, FENCE);
        servers.look();
        assertThat(pid("serve-8091")).isPresent();
        endpoints.set("other", null, FENCE);
        servers.look();
        assertThat(notes.get(1)).contains("no pipeline is served at http://127.0.0.1:8091");
        assertThat(supervisor.pid("serve-8091")).isEmpty();
    }

    @Test
    void saysOnceWhatCannotBeServed() throws IOException {
        endpoints.set("bot", new Endpoint("0.0.0.0", 8092, "NOT_SET"), FENCE);
        endpoints.set("one", new Endpoint("127.0.0.1", 8093, null), FENCE);
        endpoints.set("two", new Endpoint("::1", 8093, null), FENCE);
        servers.look();
        servers.look();

        assertThat(notes).hasSize(3);
        assertThat(notes.get(0)).contains("'bot'", "has no secret NOT_SET");
        assertThat(notes.get(2)).contains("'two' is not served: port 8093 is another pipeline's");
        assertThat(supervisor.pid("serve-8092")).isEmpty();
        assertThat(called()).endsWith("keys=");
    }

    @Test
    void anotherHostsPipelineIsServedThere() throws IOException {
        Host own = HostFile.of(folder.resolve("state"));
        Hosts hosts = new Hosts(new LocalStore(folder.resolve("store")));
        hosts.move("bot", own);
        hosts.move("other", new Host("0123456789abcdef", "cellar:/srv/state"));
        here = here(Map.of("SEPTET_STORE", "s3://shared/store"));
        servers = servers(folder.resolve("java"));
        endpoints.set("bot", new Endpoint("127.0.0.1", 8094, null), FENCE);
        endpoints.set("other", new Endpoint("127.0.0.1", 8095, null), FENCE);

        servers.look();

        assertThat(notes).containsExactly("Serving 'bot' at http://127.0.0.1:8094");
        hosts.move("bot", new Host("0123456789abcdef", "cellar:/srv/state"));
        servers.look();
        assertThat(supervisor.pid("serve-8094")).isEmpty();
    }

    private LocalPipelines here(Map<String, String> environment) {
        return LocalPipelines.of(new LocalStore(folder.resolve("store")), folder.resolve("state"), environment);
    }

    private Optional<Long> pid(String name) {
        return supervisor.pid(name);
    }

    private String called() throws IOException {
        Path said = folder.resolve("called.txt");
        await().until(() -> Files.exists(said) && Files.size(said) > 0);
        return Files.readString(said).strip();
    }

    private Supervisor supervisor() {
        return new Supervisor(folder.resolve("pids"), Backoff.DEFAULT, new SupervisorEvents() {
            @Override
            public void died(String name, int status) {
                deaths.add(name);
            }

            @Override
            public void keepsDying(String name, Path log) {
                deaths.add(name + " for good");
            }
        });
    }

    private TargetServers servers(Path java) {
        return new TargetServers(
                new LocalSettings(
                        new StateFolder(folder.resolve("state")),
                        List.of(),
                        List.of(),
                        new ServerPorts(0, 0),
                        1,
                        new SelfCommand(java.toString(), "classes", "main.Class", folder),
                        Map.of(
                                "SEPTET_SECRET_SERVE_KEY",
                                KEY,
                                "SEPTET_SECRET_SERVE_KEY_PIPELINES",
                                "bot",
                                "AWS_SECRET_ACCESS_KEY",
                                "s3cret",
                                "TEMPORAL_API_KEY",
                                "s3cret"),
                        List.of()),
                endpoints,
                here,
                supervisor,
                notes::add);
    }
}
