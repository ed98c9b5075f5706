package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.store.bucket.S3Connection;
import dev.septet.activities.train.kubernetes.FakeKubelet;
import dev.septet.activities.train.sagemaker.FakeSageMaker;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.artifact.CheckpointRef;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * TRL trains a pipeline's model as a job of each platform, while workers, server and program are killed. Each run ends in
 * one model, which passes all checks up to its published form.
 */
@Tag("nightly")
class TrainedElsewhereIT {
    private static final int STEPS = 80;

    /** So that there is a new checkpoint between two kills. */
    private static final int BETWEEN_KILLS = 12;

    private static final int ROWS = 240;
    private static final int MOST_ATTEMPTS = 6;
    private static final Duration PATIENCE = Duration.ofMinutes(12);
    private static final List<String> VICTIMS = List.of("training", "program", "server", "light", "training+program");

    @TempDir
    private Path root;

    /** The search runs on the engine of the worker, the winner on the cluster. */
    @Test
    void onSlurmAfterASearchHere() throws Exception {
        Path cluster = root.resolve("cluster");
        String conf = succeed(script("slurm-cluster"), cluster.toString());
        try {
            Path runs = Files.createDirectories(root.resolve("runs"));
            declare("", "    environment: {OMP_NUM_THREADS: '1', SLURM_CONF: '%s'}\n".formatted(conf));
            String file = file("by slurm(command('trl'))")
                    .replace(
                            "setup { seed 11;",
                            "setup { seed 11; search { learningRate 1e-5, 2e-3; rank 4; steps 4 };");
            PipelineReport report = killed(file, runs, Map.of("SEPTET_TRAINER_RUNS", runs.toString()));
            assertThat(Objects.requireNonNull(report.setup()).trials()).hasSize(2);
            assertThat(report.setup().learningRate()).isEqualTo(2e-3);
            Path adapter = root.resolve("elsewhere/out/current/adapter/adapter_config.json");
            assertThat(Files.readString(adapter)).as("the rank of the search").containsPattern("\"r\" *: *4\\b");
        } finally {
            succeed(script("slurm-cluster"), cluster.toString(), "stop");
        }
    }

    @Test
    void onKubernetes() throws Exception {
        Logger.getLogger(MockWebServer.class.getName()).setLevel(Level.WARNING); // it writes a line for each request
        KubernetesMockServer server = new KubernetesMockServer(
                new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
        server.init();
        Path runs = Files.createDirectories(root.resolve("runs"));
        Files.writeString(root.resolve("kubeconfig"), """
            apiVersion: v1
            kind: Config
            clusters: [{name: test, cluster: {server: "%s"}}]
            users: [{name: septet, user: {token: test}}]
            contexts: [{name: test, context: {cluster: test, user: septet}}]
            current-context: test
            """.formatted(server.url("/")));
        declare("""
            kubernetes:
              kubeconfig: %s
              namespaces: [training]
              images: [registry.example/trl:1]
              claim: runs
            """.formatted(root.resolve("kubeconfig")), "    environment: {OMP_NUM_THREADS: '1'}\n");
        try (KubernetesClient client = server.createClient(new JdkHttpClientFactory());
                FakeKubelet kubelet =
                        new FakeKubelet(client, "training", Files.createDirectories(root.resolve("logs")))) {
            killed(file("by kubernetes(command('trl'))"), runs, Map.of("SEPTET_TRAINER_RUNS", runs.toString()));
            assertThat(kubelet.created()).as("jobs").isBetween(3, VICTIMS.size() + 1);
            assertThat(client.batch().v1().jobs().inAnyNamespace().list().getItems())
                    .isEmpty();
        } finally {
            server.destroy();
        }
    }

    @Test
    void onSageMaker() throws Exception {
        try (Bucket bucket = Bucket.start(root.resolve("bucket"));
                S3Client s3 = S3Connection.of(bucket.environment());
                FakeSageMaker service = new FakeSageMaker(s3, Files.createDirectories(root.resolve("service")))) {
            declare(
                    """
                    sagemaker:
                      region: us-east-1
                      role: arn:aws:iam::123456789012:role/septet-trainer
                      bucket: %s
                      images: [registry.example/trl:1]
                      instances: [ml.g5.2xlarge]
                      endpoint: %s
                      s3Endpoint: %s
                    """.formatted(
                                    Bucket.NAME,
                                    service.endpoint(),
                                    bucket.environment().get("AWS_ENDPOINT_URL")),
                    "    environment: {OMP_NUM_THREADS: '1'}\n");
            Map<String, String> credentials = new HashMap<>(bucket.environment());
            credentials.remove("AWS_ENDPOINT_URL"); // the store of this run is a folder
            killed(file("by sagemaker(command('trl'))"), root.resolve("service"), credentials);
            assertThat(service.created()).as("jobs").isBetween(3, VICTIMS.size() + 1);
            assertThat(s3.listObjectsV2(request -> request.bucket(Bucket.NAME)).contents())
                    .isEmpty();
        }
    }

    private static String file(String by) {
        return Pipelines.small(STEPS).replace("steps " + STEPS, String.format(Locale.ROOT, "steps %d\n%s", STEPS, by));
    }

    private void declare(String sections, String additional) throws Exception {
        Path wrapper = Workspace.CHECKOUT.resolve("examples/trainers/trl");
        Files.writeString(
                root.resolve("trainers.yaml"),
                """
                trainers:
                  trl:
                    command: [%s, %s]
                    orphan: 60s
                """.formatted(Python.interpreter("trl"), wrapper.resolve("train.py")) + additional + sections);
    }

    /**
     * Runs the pipeline to its end, and kills each of {@link #VICTIMS} while its model is trained.
     *
     * @param programs the run folders that the programs see are below it
     */
    private PipelineReport killed(String file, Path programs, Map<String, String> environment) throws Exception {
        Workspace workspace = Workspace.in(root, "elsewhere", ROWS, file);
        TrainerProcesses trainer = new TrainerProcesses(programs.toRealPath());
        Map<String, String> all = new HashMap<>(environment);
        all.put("SEPTET_TRAINERS", root.resolve("trainers.yaml").toString());
        try (DevStack stack = DevStack.start(root.resolve("state"), all, workspace.folder())) {
            var run = stack.begin("elsewhere");
            int before = 0;
            for (String victim : VICTIMS) {
                int seen = before;
                before = await(String.format(Locale.ROOT, "more steps after step %d, to kill: %s", seen, victim))
                        .atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(100))
                        .failFast("an attempt fails again and again", () -> requireFewAttempts(stack))
                        .until(trainer::lastStep, step -> step >= seen + BETWEEN_KILLS);
                assertThat(before).as("the training ended before: %s", victim).isLessThan(STEPS);
                for (String process : victim.split("\\+", -1)) {
                    if (process.equals("program")) {
                        trainer.kill();
                    } else {
                        stack.awaitSuccessor(process, stack.kill(process));
                    }
                }
            }
            PipelineReport report = stack.result(run, PATIENCE);

            CheckpointRef checkpoint = Objects.requireNonNull(report.checkpoint());
            assertThat(checkpoint.steps()).isEqualTo(STEPS);
            assertThat(Files.readAllLines(stack.files(checkpoint.ledger()).resolve("ledger.jsonl")))
                    .hasSize(STEPS);
            assertThat(Objects.requireNonNull(report.deployment()).chain().checks())
                    .isNotEmpty()
                    .allMatch(check -> check.holds());
            assertThat(stack.status("elsewhere").stages())
                    .filteredOn(stage -> stage.state() == StageStatus.State.FAILED)
                    .isEmpty();
            assertThat(workspace.folder().resolve("out/current")).isDirectory();
            assertThat(trainer.all()).as("processes of the trainer afterwards").isEmpty();
            return report;
        }
    }

    private static void requireFewAttempts(DevStack stack) {
        int attempts;
        try {
            attempts = stack.attemptOfStage("elsewhere");
        } catch (RuntimeException killedMeanwhile) {
            return;
        }
        assertThat(attempts).as("attempts of a stage").isLessThan(MOST_ATTEMPTS);
    }

    private static String script(String name) {
        return Workspace.CHECKOUT.resolve(".ci").resolve(name).toString();
    }

    private static String succeed(String... command) throws IOException, InterruptedException {
        Shell.Said said = Shell.run(Workspace.CHECKOUT, Map.of(), List.of(command), 600);
        assertThat(said.status()).as(said.all()).isZero();
        return said.out().strip();
    }
}
