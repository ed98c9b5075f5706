package dev.septet.activities.train.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.train.command.DeclaredTrainers;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.dsl.Golden;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubernetesManifestTest {
    private static final Path GOLDEN = Path.of("src/test/resources/dev/septet/activities/train/kubernetes");

    @TempDir
    Path temp;

    @Test
    void oneNode() throws IOException {
        KubernetesManifest manifest = manifest("run-1-train", 1);
        Golden.check(GOLDEN.resolve("kubernetes-job.yaml"), Serialization.asYaml(manifest.job()));
    }

    @Test
    void severalNodes() throws IOException {
        KubernetesManifest manifest = manifest("run-1-train", 2);
        Golden.check(
                GOLDEN.resolve("kubernetes-nodes.yaml"),
                Serialization.asYaml(manifest.job()) + Serialization.asYaml(manifest.service()));
    }

    /** The fields are those of the TrainJob of Kubeflow Trainer 2.3.0; the page says how they were checked. */
    @Test
    void aTrainJob() throws IOException {
        KubernetesManifest manifest = manifest("run-1-train", 2, ", trainJob: {runtime: torch-distributed}");
        GenericKubernetesResource job =
                new KubeflowTrainJob(manifest, Objects.requireNonNull(manifest.runtime()), "node").resource();
        Golden.check(GOLDEN.resolve("trainjob.yaml"), Serialization.asYaml(job));
    }

    @Test
    void namesOfTrainJobsLeaveRoomForThoseOfPods() throws IOException {
        String name = manifest("Support_Bot.2026-" + "x".repeat(100), 100, ", trainJob: {runtime: torch}")
                .name();
        assertThat(name + "-node-0-99-abcde").hasSizeLessThanOrEqualTo(63);
        assertThat(name).matches("[a-z]([-a-z0-9]*[a-z0-9])?");
    }

    @Test
    void namesAreLabelsOfDns() throws IOException {
        for (String run : List.of("run-1-train", "Support_Bot.2026-" + "x".repeat(100) + "-train", "---", "ä")) {
            assertThat(manifest(run, 1).name())
                    .matches("[a-z]([a-z0-9-]{0,54}[a-z0-9])")
                    .doesNotContain("--");
        }
        assertThat(manifest("a_b", 1).name()).isNotEqualTo(manifest("a-b", 1).name());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "namespaces: [training] | claim: expected the name of the PersistentVolumeClaim",
                "claim: runs | namespaces: expected a list of names",
                "namespaces: [Kube_System], claim: runs | namespaces: expected a list of names",
                "namespaces: [training], claim: runs, folder: ../other | folder: expected a folder of the volume",
                "namespaces: [training], claim: runs, images: ['a b'] | images: expected a list of images",
                "namespaces: [training], claim: runs, privileged: true | has no `privileged`",
                "namespaces: [training], claim: runs, nodeSelector: {disk: 1} | disk: expected a label's name",
                "namespaces: [training], claim: runs, labels: {queue: 1} | labels: queue: expected a label's name",
                "namespaces: [training], claim: runs, tolerations: [{effects: x}] | has no `effects`",
                "namespaces: [training], claim: runs, tolerations: gpu | tolerations: expected a list such as",
                "namespaces: [training], claim: runs, tolerations: {key: gpu} | tolerations: expected a list such as",
                "namespaces: [training], claim: runs, trainJob: {} | trainJob: runtime: expected the name of a runtime",
                "namespaces: [training], claim: runs, trainJob: {runtime: Torch} | runtime: expected the name of",
                "namespaces: [training], claim: runs, trainJob: {runtime: a, kind: Job} | kind: expected Cluster",
                "namespaces: [training], claim: runs, trainJob: torch | trainJob: expected names with values",
                "namespaces: [training], claim: runs, trainJob: {runtime: a, nodes: 2} | has no `nodes`"
            })
    void aWrongDeclarationIsNamed(String section, String message) throws IOException {
        assertThatThrownBy(() -> cluster(section))
                .hasMessageContaining("kubernetes")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "PreemptionByScheduler | - | preempted by a pod of a higher priority: why",
                "DeletionByTaintManager | - | its node does not answer, or has a taint: why",
                "EvictionByEvictionAPI | - | evicted from its node, as by a drain: why",
                "- | DeadlineExceeded | time limit: why",
                "- | Shutdown | its node was shut down: why",
                "- | UnexpectedAdmissionError | UnexpectedAdmissionError: why"
            })
    void whatEndedAPodIsNamed(String disruption, String reason, String expected) {
        PodBuilder pod = pod("Failed");
        if (disruption != null) {
            pod.editStatus()
                    .addNewCondition()
                    .withType("DisruptionTarget")
                    .withStatus("True")
                    .withReason(disruption)
                    .withMessage("why")
                    .endCondition()
                    .endStatus();
        } else {
            pod.editStatus().withReason(reason).withMessage("why").endStatus();
        }
        assertThat(report(ended(), pod.build()).exit().reason()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "137 | OOMKilled | out of memory; give it more with `memory`, or train in smaller batches",
                "128 | StartError | its container did not start, which needs bash in the image: StartError: no bash",
                "137 | ContainerStatusUnknown | its node lost its container: no bash",
                "75 | Error | exited"
            })
    void whatEndedAContainerIsNamed(int status, String reason, String expected) {
        Pod pod = pod("Failed")
                .editStatus()
                .addNewContainerStatus()
                .withName("trainer")
                .withNewState()
                .withNewTerminated()
                .withExitCode(status)
                .withReason(reason)
                .withMessage("no bash")
                .endTerminated()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
        assertThat(report(ended(), pod).exit()).isEqualTo(new TrainerLauncher.Exit(status, expected));
    }

    @Test
    void theScriptKnowsWhatEndedTheProgram() {
        TrainerLauncher.Exit evicted = new TrainerLauncher.Exit(1, "evicted by its node");
        TrainerLauncher.Exit told = new TrainerLauncher.Exit(75, "told");
        assertThat(KubernetesJob.explained(evicted, Optional.of(told))).isEqualTo(evicted);
        assertThat(KubernetesJob.explained(exited(75), Optional.of(told))).isEqualTo(told);
        assertThat(KubernetesJob.explained(exited(1), Optional.empty())).isEqualTo(exited(1));
        assertThat(KubernetesJob.explained(exited(127), Optional.empty()).reason())
                .isEqualTo("its pod does not see the run folder; compare `claim:` and `folder:` of the operator's file"
                        + " with SEPTET_TRAINER_RUNS of this worker");
        assertThat(KubernetesJob.explained(exited(75), Optional.empty()).reason())
                .isEqualTo("another process still holds the lock of the run folder");
    }

    @Test
    void aContainerMayWaitWithoutAReason() {
        Pod pod = pod("Pending")
                .editStatus()
                .addNewContainerStatus()
                .withName("trainer")
                .withNewState()
                .withNewWaiting()
                .endWaiting()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
        Job job = new JobBuilder().withNewSpec().endSpec().build();
        assertThat(report(job, pod).neverStarts()).isEmpty();
        assertThat(report(job, pod).waits()).contains("its container starts");
    }

    private static TrainerLauncher.Exit exited(int status) {
        return new TrainerLauncher.Exit(status, "exited");
    }

    @Test
    void aPodWhoseNodeDoesNotAnswerDoesNotHoldTheRun() {
        Job running = new JobBuilder().withNewStatus().endStatus().build();
        Pod ending = deleted(Instant.now());
        Pod lost = deleted(Instant.now().minus(Duration.ofMinutes(10)));

        assertThat(report(running, ending).running()).isTrue();
        assertThat(report(running, lost).running()).isFalse();
        assertThat(report(running, lost, pod("Running").build()).running()).isTrue();
        assertThat(report(running, lost).exit().reason()).isEqualTo("its node does not answer");
        assertThat(report(running, lost).gone()).isFalse();
        assertThat(report(ended(), pod("Failed").build()).running()).isFalse();
        assertThat(report(running, pod("Failed").build()).running()).isTrue();
    }

    private static Pod deleted(Instant at) {
        return pod("Running")
                .withNewMetadata()
                .withDeletionTimestamp(at.toString())
                .endMetadata()
                .build();
    }

    private static PodBuilder pod(String phase) {
        return new PodBuilder()
                .withNewMetadata()
                .endMetadata()
                .withNewStatus()
                .withPhase(phase)
                .endStatus();
    }

    private static Job ended() {
        return new JobBuilder()
                .withNewStatus()
                .addNewCondition()
                .withType("Failed")
                .withStatus("True")
                .withMessage("Job has reached the specified backoff limit")
                .endCondition()
                .endStatus()
                .build();
    }

    /** A queue reads them; the selectors of Septet do not change. */
    @Test
    void labelsOfTheOperatorAreOfTheJobOnly() throws IOException {
        Job job = manifest("run-1", 1, ", labels: {kueue.x-k8s.io/queue-name: gpu, septet.dev/job: other}")
                .job();

        assertThat(job.getMetadata().getLabels())
                .containsEntry("kueue.x-k8s.io/queue-name", "gpu")
                .containsEntry("septet.dev/job", job.getMetadata().getName());
        assertThat(job.getSpec().getTemplate().getMetadata().getLabels())
                .doesNotContainKey("kueue.x-k8s.io/queue-name");
    }

    private static KubernetesReport report(Job job, Pod... pods) {
        return new KubernetesReport(job, List.of(pods), List.of());
    }

    private KubernetesManifest manifest(String run, int nodes) throws IOException {
        return manifest(run, nodes, "");
    }

    private KubernetesManifest manifest(String run, int nodes, String more) throws IOException {
        KubernetesCluster cluster =
                cluster("namespaces: [training], claim: septet-runs, folder: septet/trainers, images:"
                        + " ['registry.example/ml/trl:3'], nodeSelector: {accelerator: h100}, tolerations: [{key:"
                        + " nvidia.com/gpu, operator: Exists, effect: NoSchedule}]" + more);
        OutsideTrainer trainer = new OutsideTrainer(
                "trl",
                List.of("/opt/trl/bin/python", "/opt/trl/train.py", "$(HOME)"),
                List.of("lora"),
                List.of("supervised"),
                Map.of("OMP_NUM_THREADS", "8"),
                "/opt/trl",
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofMinutes(30),
                1,
                Map.of(),
                List.of());
        KubernetesSpec spec = cluster.complete(
                new KubernetesSpec(
                        new CommandTrainerSpec("trl", Map.of()),
                        null,
                        null,
                        nodes,
                        2,
                        8,
                        64_000_000_000L,
                        Duration.ofHours(12)),
                null);
        return new KubernetesManifest(
                new TrainerFolder(Path.of("/septet/trainers").resolve(run)),
                trainer.in(spec.image()),
                spec,
                cluster,
                cluster.runtime(),
                "4e6c2a54-0000-4000-8000-000000000000",
                1000,
                1000);
    }

    private KubernetesCluster cluster(String section) throws IOException {
        Path file = temp.resolve("trainers.yaml");
        Files.writeString(file, "trainers: {trl: {command: [python3]}}\nkubernetes: {%s}\n".formatted(section));
        return DeclaredTrainers.kubernetes(file);
    }
}
