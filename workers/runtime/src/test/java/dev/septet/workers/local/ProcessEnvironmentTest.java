package dev.septet.workers.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.workers.Role;
import dev.septet.workers.StateFolder;
import dev.septet.workers.server.ServerPorts;
import dev.septet.workers.server.ServerRef;
import dev.septet.workers.supervise.Backoff;
import dev.septet.workers.supervise.BaseEnvironment;
import dev.septet.workers.supervise.ProcessSpec;
import dev.septet.workers.supervise.Supervisor;
import dev.septet.workers.supervise.SupervisorEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProcessEnvironmentTest {
    private static final Map<String, String> ALL = Map.ofEntries(
            Map.entry("SEPTET_SECRET_HOOK", "s"),
            Map.entry("SEPTET_SECRETS", "/secrets"),
            Map.entry("SEPTET_API_KEYS", "s"),
            Map.entry("SEPTET_STORE_CACHE_GB", "1"),
            Map.entry("SEPTET_STORE_KEYS", "/keys"),
            Map.entry("AWS_SECRET_ACCESS_KEY", "s"),
            Map.entry("TEMPORAL_API_KEY", "s"),
            Map.entry("HF_TOKEN", "s"),
            Map.entry("OMP_NUM_THREADS", "2"),
            Map.entry("DATABASE_PASSWORD", "s"));

    @TempDir
    Path folder;

    @Test
    void tellsEachProcessOnlyWhatItUses() {
        assertThat(ProcessEnvironment.worker(Role.LIGHT, ALL))
                .containsOnlyKeys(
                        "SEPTET_SECRET_HOOK",
                        "SEPTET_SECRETS",
                        "SEPTET_STORE_CACHE_GB",
                        "SEPTET_STORE_KEYS",
                        "AWS_SECRET_ACCESS_KEY",
                        "TEMPORAL_API_KEY",
                        "HF_TOKEN");
        assertThat(ProcessEnvironment.worker(Role.TRAINING, ALL))
                .containsOnlyKeys("SEPTET_STORE_CACHE_GB", "SEPTET_STORE_KEYS", "TEMPORAL_API_KEY", "OMP_NUM_THREADS");
        assertThat(ProcessEnvironment.serving(ALL))
                .containsOnlyKeys("SEPTET_STORE_CACHE_GB", "SEPTET_STORE_KEYS", "OMP_NUM_THREADS");
    }

    @Test
    void tellsWorkersAndServersTheKeysOfTheOperatorsEndpoints() throws IOException {
        Path file = folder.resolve("trainers.yaml");
        Files.writeString(
                file,
                "endpoints: {azure: {url: 'https://a.example/v1', key: AZURE_KEY, models: [m]}, b: {url:"
                        + " 'https://b.example', models: [m]}}\n");
        Map<String, String> environment =
                Map.of("SEPTET_TRAINERS", file.toString(), "AZURE_KEY", "k", "OTHER_KEY", "k");

        assertThat(ProcessEnvironment.worker(Role.TRAINING, environment))
                .containsOnlyKeys("SEPTET_TRAINERS", "AZURE_KEY");
        assertThat(ProcessEnvironment.serving(environment)).containsOnlyKeys("SEPTET_TRAINERS", "AZURE_KEY");
        Files.writeString(file, "endpoints: [");
        assertThat(ProcessEnvironment.worker(Role.TRAINING, environment)).containsOnlyKeys("SEPTET_TRAINERS");
    }

    @Test
    void tellsOnlyTheLightWorkerTheCredentialsOfSources() throws IOException {
        Path file = Files.writeString(
                folder.resolve("trainers.yaml"),
                "buckets: {b: {bucket: rows, region: eu-central-1, key: B_KEY, secret: B_SECRET, pipelines: [p]}}\n"
                        + "databases: {d: {address: 'jdbc:postgresql://db.example/d', user: reader, password: D_PASSWORD,"
                        + " pipelines: [p]}}\n");
        Map<String, String> environment = Map.of(
                "SEPTET_TRAINERS", file.toString(), "B_KEY", "k", "B_SECRET", "s", "D_PASSWORD", "p", "OTHER", "o");

        assertThat(ProcessEnvironment.worker(Role.LIGHT, environment))
                .containsOnlyKeys("SEPTET_TRAINERS", "B_KEY", "B_SECRET", "D_PASSWORD");
        assertThat(ProcessEnvironment.worker(Role.TRAINING, environment)).containsOnlyKeys("SEPTET_TRAINERS");
        assertThat(ProcessEnvironment.serving(environment)).containsOnlyKeys("SEPTET_TRAINERS");
    }

    @Test
    void tellsTrainingWorkersTheKeysOfSageMaker() throws IOException {
        Path file = Files.writeString(folder.resolve("trainers.yaml"), "sagemaker: {}\n");
        Map<String, String> environment = Map.of("SEPTET_TRAINERS", file.toString(), "AWS_SECRET_ACCESS_KEY", "s");

        assertThat(ProcessEnvironment.worker(Role.TRAINING, environment))
                .containsOnlyKeys("SEPTET_TRAINERS", "AWS_SECRET_ACCESS_KEY");
        assertThat(ProcessEnvironment.serving(environment)).containsOnlyKeys("SEPTET_TRAINERS");
    }

    /** A model server passes requests on to Bedrock. */
    @Test
    void tellsTheKeysOfBedrockToThoseThatTrainAndServe() throws IOException {
        Path file = Files.writeString(folder.resolve("trainers.yaml"), "bedrock: {}\n");
        Map<String, String> environment = Map.of("SEPTET_TRAINERS", file.toString(), "AWS_SECRET_ACCESS_KEY", "s");

        assertThat(ProcessEnvironment.worker(Role.TRAINING, environment)).isEqualTo(environment);
        assertThat(ProcessEnvironment.serving(environment)).isEqualTo(environment);
    }

    @Test
    void tellsTheKeysOfASharedStoreToWhoeverReadsIt() {
        Map<String, String> shared = Map.of("SEPTET_STORE", "s3://bucket/store", "AWS_SECRET_ACCESS_KEY", "s");
        assertThat(ProcessEnvironment.worker(Role.TRAINING, shared)).isEqualTo(shared);
        assertThat(ProcessEnvironment.serving(shared)).isEqualTo(shared);
    }

    /** Such as the Temporal server: the keys of the store are no business of theirs. */
    @Test
    void theStoresKeysAreNamedToNoOtherProcess() {
        assertThat(BaseEnvironment.holds("SEPTET_STORE_KEYS")).isFalse();
    }

    /** {@code HOSTNAME}, {@code PWD} and the like: bash sets some by itself. */
    @Test
    void startsAProcessWithNothingElse() throws IOException {
        Path java = folder.resolve("java");
        Path told = folder.resolve("told.txt");
        Files.writeString(java, "#!/bin/sh\nenv > %s.new\nmv %s.new %s\nsleep 60\n".formatted(told, told, told));
        java.toFile().setExecutable(true);
        LocalSettings settings = new LocalSettings(
                new StateFolder(folder.resolve("state")),
                List.of(),
                List.of(),
                new ServerPorts(0, 0),
                1,
                new SelfCommand(java.toString(), "classes", "main.Class", folder),
                ALL,
                List.of());
        ServerRef server = new ServerRef("127.0.0.1:1", "default", ServerRef.Kind.CONFIGURED, null);
        ProcessSpec spec =
                WorkerProcessSpecs.of(settings, server, Role.TRAINING, "q").get(0);
        try (Supervisor supervisor = new Supervisor(folder.resolve("pids"), Backoff.DEFAULT, new Nobody())) {
            supervisor.keep(spec);
            await().until(() -> Files.exists(told));
        }
        assertThat(Files.readAllLines(told))
                .map(line -> line.replaceAll("=.*", ""))
                .contains("PATH", "SEPTET_STATE", "TEMPORAL_API_KEY", "OMP_NUM_THREADS")
                .doesNotContain("SEPTET_SECRET_HOOK", "DATABASE_PASSWORD", "HF_TOKEN")
                .allMatch(
                        name -> name.matches(
                                "SEPTET_STATE|SEPTET_UI|SEPTET_STORE_CACHE_GB|SEPTET_STORE_KEYS|TEMPORAL_.*|OMP_.*|GOMP_.*"
                                        + "|GLIBC_.*|THP_.*|ONEDNN_.*|LRU_.*|CUBLAS_.*|CUDA_.*|NVIDIA_.*|PWD|SHLVL|_|OLDPWD"
                                        + "|PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|TZ|TMPDIR"
                                        + "|LC_.*|XDG_.*|LD_LIBRARY_PATH|SSL_CERT_.*|JAVA_.*|JDK_.*"),
                        "only what is on the list");
    }

    private static final class Nobody implements SupervisorEvents {
        @Override
        public void died(String name, int status) {}

        @Override
        public void keepsDying(String name, Path log) {}
    }
}
