package dev.septet.activities.train.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.train.command.DeclaredTrainers;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.TrainRequest;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TrainJobs of an API server in memory, whose containers are real processes that share the run folder. */
@Tag("nightly")
class KubeflowTrainingTest extends KubernetesRounds {
    private static final String RUNTIME = """
        apiVersion: trainer.kubeflow.org/v1alpha1
        kind: ClusterTrainingRuntime
        metadata: {name: torch-distributed}
        spec:
          mlPolicy: {numNodes: 1, torch: {}}
          template:
            spec:
              replicatedJobs:
                - name: node
                  template:
                    metadata: {labels: {trainer.kubeflow.org/trainjob-ancestor-step: trainer}}
                    spec: {template: {spec: {containers: [{name: node, image: pytorch}]}}}
        """;

    private FakeTrainerController controller;

    @BeforeEach
    void install() throws IOException {
        for (String kind : List.of(KubeflowTrainJob.KIND, KubeflowRuntime.SHARED, KubeflowRuntime.OWN)) {
            requests.expectCustomResource(new CustomResourceDefinitionContext.Builder()
                    .withGroup(KubeflowRuntime.GROUP)
                    .withVersion(KubeflowRuntime.VERSION)
                    .withKind(kind)
                    .withPlural(KubeflowRuntime.context(kind).getPlural())
                    .withScope(kind.equals(KubeflowRuntime.SHARED) ? "Cluster" : "Namespaced")
                    .build());
        }
        declare("claim: runs", "claim: runs\n  trainJob: {runtime: torch-distributed}");
        runtime(RUNTIME);
        controller = new FakeTrainerController(client, NAMESPACE);
    }

    @AfterEach
    void uninstall() {
        controller.close();
    }

    private void runtime(String text) {
        GenericKubernetesResource runtime =
                new KubernetesSerialization().unmarshal(text, GenericKubernetesResource.class);
        var all = client.genericKubernetesResources(KubeflowRuntime.context(runtime.getKind()));
        if (runtime.getKind().equals(KubeflowRuntime.SHARED)) {
            all.resource(runtime).createOr(there -> all.resource(runtime).update());
        } else {
            all.inNamespace(NAMESPACE).resource(runtime).create();
        }
    }

    @Override
    Set<String> allowed() {
        return KubernetesPageTest.allowed("septet-worker", "septet-worker-trainjobs", "septet-worker-runtimes");
    }

    @Test
    void aTrainJobTrainsAndItsResultIsTaken() throws Exception {
        standIn();
        CheckpointRef result = done(request(Map.of()));

        assertThat(result.steps()).isEqualTo(TinyPipeline.STEPS);
        assertThat(controller.created()).isEqualTo(1);
        assertThat(controller.trainJobs()).isEmpty();
        await("the end of its Job", () -> jobs().isEmpty());
        assertThat(run()).doesNotExist();
    }

    @Test
    void severalNodesFindEachOther() throws Exception {
        standIn();
        TrainRequest request = request(spec(Map.of("milliseconds", 300L), 2));
        attempt(request, 0);
        String name = controller.trainJobs().get(0).getMetadata().getName();
        await(
                "the second pod's output",
                () -> Files.exists(run().resolve("output-1.log"))
                        && Files.readString(run().resolve("output-1.log"))
                                .contains("rank 1 of 2 at %1$s-node-0-0.%1$s".formatted(name)));

        done(request);

        assertThat(controller.trainJobs()).isEmpty();
        assertThat(client.services().inNamespace(NAMESPACE).list().getItems())
                .as("JobSet has a service of its own")
                .isEmpty();
    }

    @Test
    void aWorkerKilledBetweenCreationAndRecordCreatesNoSecondTrainJob() throws Exception {
        standIn();
        TrainRequest request = request(Map.of("milliseconds", 300L));
        attempt(request, 0);
        Files.delete(run().resolve("job"));

        attempt(request, 1);
        done(request);

        assertThat(controller.created()).isEqualTo(1);
    }

    @Test
    void aWorkerKilledBeforeTheCreationCreatesTheTrainJobOnce() throws Exception {
        standIn();
        server.expect()
                .post()
                .withPath("/apis/trainer.kubeflow.org/v1alpha1/namespaces/training/trainjobs?fieldValidation=Strict")
                .andReturn(500, status(500, "etcd is away"))
                .times(3); // the client tries again
        TrainRequest request = request(Map.of());
        assertThatThrownBy(() -> attempt(request, 0)).hasStackTraceContaining("etcd is away");
        assertThat(run().resolve("request.json")).exists();

        done(request);

        assertThat(controller.created()).isEqualTo(1);
    }

    @Test
    void aWorkerKilledWhileItTrainsCostsNoStep() throws Exception {
        standIn();
        CheckpointRef undisturbed = done(request(Map.of("milliseconds", 21L)));
        TrainRequest request = request(Map.of("milliseconds", 1000L));
        attempt(request, 0);
        awaitCheckpoint(request); // each round has a worker of its own

        CheckpointRef result = done(request);

        assertThat(result.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(controller.created()).isEqualTo(2);
    }

    @Test
    void anEvictedPodContinuesFromItsCheckpoint() throws Exception {
        standIn();
        CheckpointRef undisturbed = done(request(Map.of("milliseconds", 21L)));
        TrainRequest request = request(SLOW);
        attempt(request, 0);
        awaitCheckpoint(request);
        kubelet.disrupt(new PodStatusBuilder()
                .withPhase("Failed")
                .withReason("Evicted")
                .withMessage("The node was low on resource: memory")
                .build());
        awaitFailure(request, "it was ended (evicted by its node: The node was low on resource: memory)");

        CheckpointRef result = done(request(FAST));

        assertThat(result.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(result.ledger()).isEqualTo(undisturbed.ledger());
    }

    /** JobSet's standard restart policy is OnFailure. */
    @Test
    void aContainerThatTheClusterStartsAgainDoesNotTrainASecondTime() throws Exception {
        standIn();
        kubelet.restart();
        CheckpointRef undisturbed = done(request(Map.of("milliseconds", 21L)));
        TrainRequest request = request(SLOW);
        attempt(request, 0);
        awaitCheckpoint(request);
        kubelet.killContainers();
        await("the second container", () -> kubelet.started() == 3);
        awaitFailure(request, "it was ended (out of memory; give it more with `memory`");

        CheckpointRef result = done(request(FAST));

        assertThat(result.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(result.ledger()).isEqualTo(undisturbed.ledger());
        assertThat(controller.created()).isEqualTo(3);
    }

    @Test
    void aSuspendedTrainJobContinuesFromItsCheckpoint() throws Exception {
        standIn();
        CheckpointRef undisturbed = done(request(Map.of("milliseconds", 21L)));
        TrainRequest request = request(SLOW);
        attempt(request, 0);
        awaitCheckpoint(request);
        kubelet.suspendAndResume();
        awaitFailure(request, "the cluster restarted its pod, after a suspension or a deletion");

        CheckpointRef result = done(request(FAST));

        assertThat(result.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(result.ledger()).isEqualTo(undisturbed.ledger());
    }

    @Test
    void theProgramsFailureIsToldAlthoughItsContainerStartsAgain() throws Exception {
        standIn();
        kubelet.restart();
        TrainRequest request = request(Map.of("mode", "crash"));
        attempt(request, 0);
        awaitFailure(request, "it ended with exit status 1. It printed:");
        assertThat(controller.trainJobs()).isEmpty();
    }

    @Test
    void aTrainJobThatSomebodyDeletedIsCreatedAgain() throws Exception {
        standIn();
        CheckpointRef undisturbed = done(request(Map.of("milliseconds", 21L)));
        TrainRequest request = request(SLOW);
        attempt(request, 0);
        awaitCheckpoint(request);
        client.genericKubernetesResources(KubeflowRuntime.context(KubeflowTrainJob.KIND))
                .inNamespace(NAMESPACE)
                .delete();
        await("the pod's end", () -> kubelet.running() == 0 && pods() == 0);
        awaitFailure(request, "its job was deleted, but not by Septet; the next attempt creates another one");

        assertThat(done(request(FAST)).artifact()).isEqualTo(undisturbed.artifact());
    }

    @Test
    void aCancelledRunEndsItsTrainJobAndStoresTheCheckpoint() throws Exception {
        standIn();
        TrainRequest request = request(Map.of("milliseconds", 400L));
        attempt(request, 0);
        await("the first step", () -> Files.exists(run().resolve("metrics.jsonl")));

        end(request);

        assertThat(controller.trainJobs()).isEmpty();
        assertThat(pods()).isZero();
        assertThat(kubelet.running()).isZero();
        assertThat(run()).doesNotExist();
        assertThat(store.checkpoints().newestValid("run-1/train").checkpoint()).isPresent();
    }

    @Test
    void aTrainJobThatNoWorkerFollowsEndsItself() throws Exception {
        standIn();
        declare("orphan: 30s", "orphan: 4s");
        TrainRequest request = request(Map.of("milliseconds", 1500L));
        attempt(request, 0);

        await("the orphan's end", () -> Files.exists(run().resolve("exit")) && kubelet.running() == 0);

        assertThat(Files.readString(run().resolve("exit"))).contains("orphaned");
    }

    @Test
    void whatATrainJobWaitsForIsShown() throws Exception {
        standIn();
        controller.idle();
        TrainRequest request = request(Map.of());
        attempt(request, 0);
        assertThat(launcher(request).queued().orElseThrow().why())
                .startsWith("waiting for Kubernetes TrainJob septet-run-1-train-")
                .endsWith(": its pods are not created yet");

        client.genericKubernetesResources(KubeflowRuntime.context(KubeflowTrainJob.KIND))
                .inNamespace(NAMESPACE)
                .withName(controller.trainJobs().get(0).getMetadata().getName())
                .edit(job -> {
                    Map<String, Object> spec = job.get("spec");
                    spec.put("suspend", true);
                    return job;
                });
        assertThat(launcher(request).queued().orElseThrow().why())
                .endsWith(": it is suspended, as by a queue of the cluster");
        end(request);
    }

    @Test
    void aTimeLimitIsNamed() throws Exception {
        standIn();
        controller.idle();
        TrainRequest request = request(Map.of());
        attempt(request, 0);
        String name = controller.trainJobs().get(0).getMetadata().getName();
        client.genericKubernetesResources(KubeflowRuntime.context(KubeflowTrainJob.KIND))
                .inNamespace(NAMESPACE)
                .withName(name)
                .edit(job -> {
                    job.setAdditionalProperty(
                            "status",
                            Map.of(
                                    "conditions",
                                    List.of(Map.of(
                                            "type", "Failed",
                                            "status", "True",
                                            "reason", "DeadlineExceeded",
                                            "message", "TrainJob exceeded its active deadline"))));
                    return job;
                });
        awaitFailure(request, "it was ended (time limit: TrainJob exceeded its active deadline)");
    }

    @Test
    void aJobThatExistsStaysAJobWhenTheOperatorDeclaresARuntime() throws Exception {
        standIn();
        declare("\n  trainJob: {runtime: torch-distributed}", "");
        TrainRequest request = request(Map.of("milliseconds", 300L));
        attempt(request, 0);
        declare("claim: runs", "claim: runs\n  trainJob: {runtime: torch-distributed}");

        done(request);

        assertThat(controller.created()).isZero();
        assertThat(kubelet.created()).isEqualTo(1);
    }

    /** The worker was killed after the request, and before the record that a job exists. */
    @Test
    void aTrainJobWhoseRecordIsMissingStaysOneWhenTheOperatorRemovesTheRuntime() throws Exception {
        standIn();
        TrainRequest request = request(Map.of("milliseconds", 300L));
        attempt(request, 0);
        Files.move(run().resolve("job"), run().resolve("creating"));
        declare("\n  trainJob: {runtime: torch-distributed}", "");

        done(request);

        assertThat(controller.created()).isEqualTo(1);
        assertThat(kubelet.created()).isEqualTo(1);
        assertThat(controller.trainJobs()).isEmpty();
    }

    @Test
    void aTrainJobThatExistsStaysOneWhenTheOperatorRemovesTheRuntime() throws Exception {
        standIn();
        TrainRequest request = request(Map.of("milliseconds", 300L));
        attempt(request, 0);
        declare("\n  trainJob: {runtime: torch-distributed}", "");

        done(request);

        assertThat(controller.created()).isEqualTo(1);
        assertThat(kubelet.created()).isEqualTo(1);
        assertThat(controller.trainJobs()).isEmpty();
    }

    @Test
    void aRuntimeOfTheNamespaceIsUsed() throws Exception {
        standIn();
        runtime(RUNTIME.replace(KubeflowRuntime.SHARED, KubeflowRuntime.OWN).replace("torch-distributed", "own"));
        declare("{runtime: torch-distributed}", "{runtime: own, kind: TrainingRuntime}");

        done(request(Map.of()));

        assertThat(requests.used()).contains("get trainer.kubeflow.org/trainingruntimes");
    }

    @Test
    void aMissingRuntimeOrControllerIsNamed() throws Exception {
        standIn();
        declare("torch-distributed", "tourch");
        assertThatThrownBy(() -> attempt(request(Map.of()), 0))
                .hasStackTraceContaining("the cluster has no ClusterTrainingRuntime tourch; correct `trainJob:` of the"
                        + " operator's file, or create it");
        requests.reset();
        assertThatThrownBy(() -> attempt(request(Map.of()), 1))
                .hasStackTraceContaining("the cluster has no Kubeflow Trainer (trainer.kubeflow.org/v1alpha1); install"
                        + " it, or remove `trainJob:` from the operator's file");
    }

    @Test
    void whatTheClusterForbidsIsNamed() throws Exception {
        standIn();
        String message = "clustertrainingruntimes.trainer.kubeflow.org \"torch-distributed\" is forbidden: User"
                + " \"system:serviceaccount:septet:worker\" cannot get resource \"clustertrainingruntimes\"";
        server.expect()
                .get()
                .withPath("/apis/trainer.kubeflow.org/v1alpha1/clustertrainingruntimes/torch-distributed")
                .andReturn(403, status(403, message))
                .once();

        assertThatThrownBy(() -> attempt(request(Map.of()), 0))
                .hasStackTraceContaining("the cluster forbids it (403): " + message)
                .hasStackTraceContaining("compare the worker's role with the page trainers.md");
    }

    @Test
    void anOlderControllerIsRefusedAndIgnoresNoVolume() throws Exception {
        standIn();
        server.expect()
                .post()
                .withPath("/apis/trainer.kubeflow.org/v1alpha1/namespaces/training/trainjobs?fieldValidation=Strict")
                .andReturn(400, status(400, "strict decoding error: unknown field \"spec.runtimePatches\""))
                .once();

        assertThatThrownBy(() -> attempt(request(Map.of()), 0))
                .hasStackTraceContaining(
                        "the cluster's Kubeflow Trainer is not of version 2.3 or later: strict decoding"
                                + " error: unknown field \"spec.runtimePatches\"");
        assertThat(controller.created()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- name: node | - {name: model-initializer} - name: node | needs exactly one replicated job",
                "step: trainer | step: launcher | needs exactly one replicated job, with the label",
                "name: node, image | name: main, image | needs exactly one container, with the name `node`",
                "replicatedJobs: | network: {subdomain: x} replicatedJobs: | sets `network`"
            })
    void aRuntimeThatNeedsMoreThanATrainerIsRefused(String before, String now, String message) throws Exception {
        String indent = before.equals("replicatedJobs:") ? "\n      " : "\n        ";
        runtime(RUNTIME.replace(before, now.replace("} ", "}" + indent)));

        assertThatThrownBy(() -> attempt(request(Map.of()), 0))
                .hasStackTraceContaining("ClusterTrainingRuntime torch-distributed " + message);
    }

    private static Object status(int code, String message) {
        return new StatusBuilder()
                .withCode(code)
                .withStatus("Failure")
                .withMessage(message)
                .build();
    }

    private KubernetesJob launcher(TrainRequest request) {
        KubernetesSpec spec =
                (KubernetesSpec) Objects.requireNonNull(request.spec().by());
        return new KubernetesJob(
                new TrainerFolder(run()),
                DeclaredTrainers.trainer(trainers, spec),
                spec,
                DeclaredTrainers.kubernetes(Objects.requireNonNull(trainers.file())),
                what -> {});
    }

    private static KubernetesSpec spec(Map<String, Object> options, int nodes) {
        return new KubernetesSpec(command(options), null, null, nodes, 0, null, null, null);
    }

    private TrainRequest request(Map<String, Object> options) throws IOException {
        return request(spec(options, 1));
    }
}
