package dev.septet.workers.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.llm.cuda.NvidiaCard;
import dev.septet.workers.Role;
import dev.septet.workers.StateFolder;
import dev.septet.workers.server.ServerFile;
import dev.septet.workers.server.ServerFinder;
import dev.septet.workers.server.ServerPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes of a script in Java's place, which writes what it was started with. */
@Timeout(180)
class CardWorkersTest {
    private static final List<NvidiaCard> CARDS =
            List.of(new NvidiaCard(0, "GPU-aa", "NVIDIA L4", "8.9"), new NvidiaCard(2, "GPU-cc", "NVIDIA L4", "8.9"));

    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir
    private Path folder = Path.of("");

    private final List<String> notes = new CopyOnWriteArrayList<>();

    @Test
    void runsATrainingWorkerForEachCardAndRestartsIt() throws IOException {
        long restarted;
        try (CardWorkers workers = start(List.of(Role.TRAINING))) {
            assertThat(workers).isNotNull();
            awaitStarted("GPU-aa");
            awaitStarted("GPU-cc");
            assertThat(told("GPU-aa"))
                    .contains("worker --role training --name training-0 --queue cards --slots 1 --log-format none")
                    .contains("CUBLAS_WORKSPACE_CONFIG=:4096:8")
                    .doesNotContain("GPU-cc");
            assertThat(told("GPU-cc")).contains("--name training-2");
            // A guard writes its file beside the process that it has started.
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(
                                    folder.resolve("state/processes").toFile().list())
                            .containsExactlyInAnyOrder("training-0.pid", "training-2.pid"));

            long first = pid("training-2");
            assertThat(ProcessHandle.of(first).orElseThrow().destroyForcibly()).isTrue();
            await().atMost(SOON)
                    .ignoreExceptionsInstanceOf(NoSuchFileException.class) // it was there a moment ago
                    .until(() -> pid("training-2") != first && pid("training-2") != 0);
            restarted = pid("training-2");
            assertThat(notes).contains("the training-2 process died (status 137); starting it again");
        }
        assertThat(ProcessHandle.of(restarted).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void theRoleAllAlsoRunsOneLightWorker() throws IOException {
        try (CardWorkers workers = start(List.of(Role.LIGHT, Role.TRAINING))) {
            assertThat(workers).isNotNull();
            awaitStarted("light");
            awaitStarted("GPU-aa");
            assertThat(told("light")).contains("--role light --name light").doesNotContain("CUDA_VISIBLE_DEVICES");
        }
    }

    @Test
    void loadTheLibtorchThatTheStateFolderChooses() throws IOException {
        Path libraries = Files.createDirectories(folder.resolve("libraries"));
        for (String library : List.of("libtorch.so", "libtorch_cuda.so")) {
            Files.createFile(libraries.resolve(library));
        }
        Files.createDirectories(folder.resolve("state"));
        Files.writeString(
                folder.resolve("state/gpu.env"),
                "PYTORCH_LIBRARY_PATH=%s\nPYTORCH_FLAVOR=cu128\n".formatted(libraries));
        try (CardWorkers workers = start(List.of(Role.LIGHT, Role.TRAINING))) {
            assertThat(workers).isNotNull();
            awaitStarted("light");
            awaitStarted("GPU-aa");
            assertThat(told("GPU-aa")).contains("PYTORCH_LIBRARY_PATH=" + libraries, "PYTORCH_FLAVOR=cu128");
            assertThat(told("light")).doesNotContain("PYTORCH_");
        }
    }

    private CardWorkers start(List<Role> roles) throws IOException {
        Path java = Files.writeString(folder.resolve("java"), """
            #!/bin/bash
            { echo "$@"; env; } >%1$s/$$
            mv %1$s/$$ "%1$s/told-${CUDA_VISIBLE_DEVICES:-light}"
            exec sleep 60
            """.formatted(folder));
        assertThat(java.toFile().setExecutable(true)).isTrue();
        StateFolder state = new StateFolder(folder.resolve("state"));
        LocalSettings settings = new LocalSettings(
                state,
                List.of(),
                List.of(),
                new ServerPorts(0, 0),
                1,
                new SelfCommand(java.toString(), "classes", "main.Class", folder),
                Map.of("CUDA_VISIBLE_DEVICES", "0,2"),
                CARDS);
        return CardWorkers.start(
                settings, roles, "cards", new ServerFinder(Map.of(), new ServerFile(state.server()), 1), notes::add);
    }

    private void awaitStarted(String name) {
        await().atMost(SOON).until(() -> Files.exists(folder.resolve("told-" + name)));
    }

    private String told(String name) throws IOException {
        return Files.readString(folder.resolve("told-" + name));
    }

    private long pid(String name) throws IOException {
        Path file = folder.resolve("state/processes/" + name + ".pid");
        return Optional.of(file).filter(Files::exists).isPresent()
                ? Long.parseLong(Files.readString(file).strip())
                : 0;
    }
}
