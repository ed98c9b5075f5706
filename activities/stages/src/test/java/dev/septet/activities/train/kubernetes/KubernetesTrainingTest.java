package dev.septet.activities.train.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.quota.UsedKind;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.activities.train.command.DeclaredTrainers;
import dev.septet.activities.train.command.TrainerPace;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.TrainOutcome;
import dev.septet.workflows.train.TrainRequest;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.EventListBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs of an API server in memory, whose containers are real processes that share the run folder. */
@Tag("long")
class KubernetesTrainingTest extends KubernetesRounds {
    private static final String JOBS = "/apis/batch/v1/namespaces/training/jobs";

    @Override
    Set<String> allowed() {
        return KubernetesPageTest.allowed("septet-worker");
    }

    @Test
    void aJobTrainsAndItsResultIsTaken() throws Exception {
        CheckpointRef result = done(request(Map.of()));

        assertThat(result.steps()).isEqualTo(TinyPipeline.STEPS);
        assertThat(TrainingLedger.read(store.fetch(result.ledger()).resolve(TrainingLedger.FILE))
                        .lines())
                .hasSize(TinyPipeline.STEPS);
        assertThat(PeftAdapter.open(store.fetch(result.artifact())).config().baseModel())
                .isEqualTo("model");
        assertThat(jobs()).isEmpty();
        assertThat(run()).doesNotExist();
        assertThat(kubelet.created()).isEqualTo(1);
    }

    @Test
    void theTeamPaysForTheGpusOfAllPods() throws Exception {
        countUse();
        long began = System.currentTimeMillis();
        TrainRequest request =
                request(new KubernetesSpec(command(Map.of("milliseconds", 1000L)), null, null, 2, 4, null, null, null));
        done(request);

        double hours = used(UsedKind.GPU_HOURS);
        long now = System.currentTimeMillis();
        assertThat(hours * 3_600_000 / (2 * 4))
                .as("2 nodes with 4 GPUs each, in milliseconds of a GPU; a round in the queue may begin the count late")
                .isBetween(650.0 * TinyPipeline.STEPS, (double) (now - began));
    }

    @Test
    void severalPodsFindEachOther() throws Exception {
        TrainRequest request = request(spec(Map.of("milliseconds", 300L), null, 2));
        attempt(request, 0);
        Job job = jobs().get(0);
        String name = job.getMetadata().getName();
        assertThat(client.services()
                        .inNamespace(NAMESPACE)
                        .withName(name)
                        .get()
                        .getMetadata()
                        .getOwnerReferences())
                .singleElement()
                .satisfies(owner -> assertThat(owner.getName()).isEqualTo(name));
        await(
                "the second pod's output",
                () -> Files.exists(run().resolve("output-1.log"))
                        && Files.readString(run().resolve("output-1.log"))
                                .contains("rank 1 of 2 at %s-0.%s".formatted(name, name)));

        done(request);

        assertThat(jobs()).isEmpty();
        assertThat(client.services().inNamespace(NAMESPACE).list().getItems()).isEmpty();
    }

    @Test
    void aJobWhoseRecordWasLostIsNotCreatedAgain() throws Exception {
        TrainRequest request = request(Map.of("milliseconds", 1000L));
        attempt(request, 0);
        Files.delete(run().resolve("job"));

        attempt(request, 1);
        done(request);

        assertThat(kubelet.created()).isEqualTo(1);
        assertThat(TrainerPace.last(store, "tiny").orElseThrow().secondsPerStep())
                .isBetween(0.7, 30.0);
    }

    @Test
    void aJobOfAnotherAttemptIsNotCreatedAgain() throws Exception {
        TrainRequest request = request(Map.of("milliseconds", 1000L));
        attempt(request, 0);
        launcher(request).start(); // a later attempt that did not see it

        assertThat(jobs()).hasSize(1);
        assertThat(kubelet.created()).isEqualTo(1);
        end(request);
    }

    @Test
    void anEvictedJobContinuesFromItsCheckpoint() throws Exception {
        CheckpointRef undisturbed = done(request(Map.of("milliseconds", 21L)));
        TrainRequest request = request(SLOW);
        attempt(request, 0);
        awaitCheckpoint(request);
        kubelet.disrupt(new PodStatusBuilder()
                .withPhase("Failed")
                .withReason("Evicted")
                .withMessage("The node was low on resource: memory")
                .build());
        await("the job's end", () -> kubelet.running() == 0);
        awaitFailure(request, "it was ended (evicted by its node: The node was low on resource: memory)");

        CheckpointRef result = done(request(FAST));

        assertThat(result.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(result.ledger()).isEqualTo(undisturbed.ledger());
        assertThat(kubelet.created()).isEqualTo(3);
    }

    @Test
    void aJobThatSomebodyDeletedIsCreatedAgain() throws Exception {
        CheckpointRef undisturbed = done(request(Map.of("milliseconds", 21L)));
        TrainRequest request = request(SLOW);
        attempt(request, 0);
        awaitCheckpoint(request);
        client.resource(jobs().get(0)).delete();
        await("the pod's end", () -> kubelet.running() == 0 && pods() == 0);
        awaitFailure(request, "its job was deleted, but not by Septet; the next attempt creates another one");

        assertThat(done(request(FAST)).artifact()).isEqualTo(undisturbed.artifact());
    }

    @Test
    void aJobOfAnotherDeclarationIsEndedAndNotTakenOver() throws Exception {
        TrainRequest request = request(Map.of("milliseconds", 300L));
        attempt(request, 0);
        await("the first checkpoint", () -> Files.exists(run().resolve("checkpoints/checkpoint-2/complete")));
        declare("grace: 5s", "grace: 5s\n    version: 2");

        attempt(request, 1);

        assertThat(Files.readString(run().resolve("request.json"))).contains("\"resume\" : null");
        assertThat(jobs()).hasSize(1);
        await("the second job", () -> kubelet.created() == 2);
        done(request);
    }

    @Test
    void aJobThatNoWorkerFollowsEndsItself() throws Exception {
        CheckpointRef undisturbed = done(request(Map.of("milliseconds", 21L)));
        declare("orphan: 30s", "orphan: 4s");
        TrainRequest request = request(Map.of("milliseconds", 1500L));
        attempt(request, 0);
        await("the orphan's end", () -> Files.exists(run().resolve("exit")) && kubelet.running() == 0);
        assertThat(Files.readString(run().resolve("exit"))).contains("orphaned");
        declare("orphan: 4s", "orphan: 30s");
        await("the job's end", () -> jobs().get(0).getStatus() != null);

        assertThat(done(request).artifact()).isEqualTo(undisturbed.artifact());
        assertThat(kubelet.created()).isEqualTo(3);
    }

    @Test
    void aJobThatHangsIsEnded() throws Exception {
        declare("grace: 5s", "grace: 5s\n    silence: 4s");
        TrainRequest request = request(Map.of("mode", "hang"));

        awaitFailure(request, "it wrote no metrics and no checkpoint");

        assertThat(jobs()).isEmpty();
        assertThat(pods()).isZero();
        assertThat(store.checkpoints().newestValid("run-1/train").checkpoint()).isPresent();
        end(request);
    }

    @Test
    void aCancelledRunEndsItsJobAndStoresTheCheckpoint() throws Exception {
        TrainRequest request = request(Map.of("milliseconds", 400L));
        attempt(request, 0);
        await("the first step", () -> Files.exists(run().resolve("metrics.jsonl")));

        end(request);

        assertThat(jobs()).isEmpty();
        assertThat(pods()).isZero();
        assertThat(kubelet.running()).isZero();
        assertThat(run()).doesNotExist();
        assertThat(store.checkpoints().newestValid("run-1/train").checkpoint()).isPresent();
    }

    @Test
    void whatAPodWaitsForIsShown() throws Exception {
        kubelet.pending(new PodStatusBuilder()
                .withPhase("Pending")
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage("0/3 nodes are available: 3 Insufficient nvidia.com/gpu.")
                .endCondition()
                .build());
        TrainRequest request = request(Map.of());
        attempt(request, 0);
        await("the pod", () -> pods() == 1);

        TrainOutcome outcome = attempt(request, 1);

        assertThat(Objects.requireNonNull(outcome.waiting()).seconds()).isEqualTo(10);
        assertThat(launcher(request).queued().orElseThrow().why())
                .startsWith("waiting for Kubernetes job septet-run-1-train-")
                .endsWith(": Unschedulable: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu.");
        end(request);
        assertThat(jobs()).isEmpty();
    }

    @Test
    void whatKeepsAPodFromStartingIsShown() throws Exception {
        standIn();
        kubelet.pending(new PodStatusBuilder(waiting("ContainerCreating", null))
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("True")
                .endCondition()
                .build());
        TrainRequest request = request(Map.of());
        attempt(request, 0);
        await("the pod", () -> pods() == 1);
        String pod = client.pods()
                .inNamespace(NAMESPACE)
                .list()
                .getItems()
                .get(0)
                .getMetadata()
                .getUid();
        assertThat(launcher(request).queued().orElseThrow().why()).endsWith(": ContainerCreating");

        Event newest = new EventBuilder(warning("FailedMount", "persistentvolumeclaim \"runs\" not found"))
                .withLastTimestamp("2026-11-28T10:00:02Z")
                .build();
        Event older = new EventBuilder(warning("FailedAttachVolume", "timeout"))
                .withLastTimestamp("2026-11-28T10:00:01Z")
                .build();
        events("uid", pod, newest, older, new EventBuilder().withType("Normal").build());
        assertThat(launcher(request).queued().orElseThrow().why())
                .endsWith(": FailedMount: persistentvolumeclaim \"runs\" not found");
        end(request);
    }

    @Test
    void aFullQuotaIsShownAndARefusedPodIsAFailure() throws Exception {
        standIn();
        kubelet.idle();
        TrainRequest request = request(Map.of());
        attempt(request, 0);
        for (String later : List.of(
                "pods \"x\" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=2",
                "Internal error occurred: failed calling webhook \"inject.example\": context deadline exceeded",
                "Internal error occurred: resource quota evaluation timed out")) {
            events(later);
            assertThat(launcher(request).queued().orElseThrow().why())
                    .endsWith("the cluster refuses its pods: " + later);
        }

        events("pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\"");
        assertThatThrownBy(() -> launcher(request).queued())
                .hasMessageContaining("the cluster refuses its pods: pods \"x\" is forbidden: violates PodSecurity");

        events("pods \"x\" is forbidden: failed quota: compute: must specify limits.cpu for: trainer");
        assertThatThrownBy(() -> launcher(request).queued())
                .hasMessageEndingWith("failed quota: compute: must specify limits.cpu for: trainer; write `cpus` and"
                        + " `memory` in the block of `kubernetes`");
    }

    @Test
    void anEventOfAnEarlierJobDoesNotEndTheNextOne() throws Exception {
        standIn();
        kubelet.idle();
        TrainRequest request = request(Map.of());
        attempt(request, 0);
        events("name", jobs().get(0).getMetadata().getName(), warning("FailedCreate", "violates PodSecurity"));

        assertThat(launcher(request).queued().orElseThrow().why()).endsWith(": its pods are not created yet");
        end(request);
    }

    private void events(String message) {
        events("uid", jobs().get(0).getMetadata().getUid(), warning("FailedCreate", message));
    }

    private static Event warning(String reason, String message) {
        return new EventBuilder()
                .withType("Warning")
                .withReason(reason)
                .withMessage(message)
                .build();
    }

    private void events(String field, String object, Event... events) {
        server.expect()
                .get()
                .withPath("/api/v1/namespaces/training/events?fieldSelector=involvedObject.%s%%3D%s"
                        .formatted(field, object))
                .andReturn(200, new EventListBuilder().withItems(events).build())
                .once();
    }

    @Test
    void anImageThatCannotBePulledIsAFailure() throws Exception {
        kubelet.pending(waiting("ImagePullBackOff", "Back-off pulling image \"registry.example/trl:1\""));
        TrainRequest request = request(Map.of());

        assertThatThrownBy(() -> {
                    attempt(request, 0);
                    await("the pod", () -> pods() == 1);
                    attempt(request, 1);
                })
                .hasStackTraceContaining("its container cannot start: ImagePullBackOff: Back-off pulling image"
                        + " \"registry.example/trl:1\"; check the image");
        assertThat(jobs()).isEmpty();
    }

    private static PodStatus waiting(String reason, @Nullable String message) {
        return new PodStatusBuilder()
                .withPhase("Pending")
                .withContainerStatuses(new ContainerStatusBuilder()
                        .withName("trainer")
                        .withNewState()
                        .withNewWaiting()
                        .withReason(reason)
                        .withMessage(message)
                        .endWaiting()
                        .endState()
                        .build())
                .build();
    }

    @Test
    void whatTheOperatorDoesNotAllowIsRefusedBeforeTheRun() throws Exception {
        assertThatThrownBy(() -> trainers.checkHere(TinyPipeline.by(spec(Map.of(), "evil.example/miner:1", 1))))
                .isInstanceOf(StageProblem.class)
                .hasMessage("train: by kubernetes(command('fake')): the operator's file does not allow the image"
                        + " 'evil.example/miner:1', only registry.example/trl:1, registry.example/trl:2; write one"
                        + " of these, or ask the operator to add it to `images:`");
        KubernetesSpec system = new KubernetesSpec(command(Map.of()), null, "kube-system", 1, 0, null, null, null);
        assertThat(trainers.check().objection(TinyPipeline.by(system)).orElseThrow())
                .startsWith("the operator's file does not allow the namespace 'kube-system', only training, research");
    }

    @Test
    void whatIsNotAllowedStartsNoJob() throws Exception {
        assertThatThrownBy(() -> attempt(request(spec(Map.of(), "evil.example/miner:1", 1)), 0))
                .hasStackTraceContaining("does not allow the image 'evil.example/miner:1'");
        assertThat(jobs()).isEmpty();
    }

    @Test
    void theRecordedNamespaceStaysWhenTheListHasAnotherOrder() throws Exception {
        TrainRequest request = request(Map.of("milliseconds", 1000L));
        attempt(request, 0);
        declare("[training, research]", "[research, training]");

        attempt(request, 1);
        assertThat(jobs()).hasSize(1);
        assertThat(jobs("research")).isEmpty();
        done(request);
        assertThat(kubelet.created()).isEqualTo(1);
    }

    /** No pod took the lock of the run folder yet. */
    @Test
    void aJobInANamespaceThatIsNotAllowedAnyMoreIsEndedFirst() throws Exception {
        kubelet.idle();
        TrainRequest request = request(Map.of());
        attempt(request, 0);
        declare("[training, research]", "[research]");

        attempt(request, 1);

        assertThat(jobs()).isEmpty();
        assertThat(jobs("research")).hasSize(1);
        end(request);
        assertThat(jobs("research")).isEmpty();
    }

    @Test
    void aWaitingJobOfAnotherDeclarationIsEndedBeforeItsFolderIsCleared() throws Exception {
        kubelet.idle();
        TrainRequest request = request(Map.of());
        attempt(request, 0);
        declare("grace: 5s", "grace: 5s\n    version: 2");
        declare("[training, research]", "[research, training]");

        attempt(request, 1);

        assertThat(jobs()).isEmpty();
        assertThat(jobs("research")).hasSize(1);
        end(request);
        assertThat(jobs("research")).isEmpty();
    }

    @Test
    void aResultIsTakenAfterItsImageWasRemovedFromTheList() throws Exception {
        TrainRequest request = request(spec(Map.of(), "registry.example/trl:2", 1));
        attempt(request, 0);
        await("the program's end", () -> Files.exists(run().resolve("exit")) && kubelet.running() == 0);
        declare("[registry.example/trl:1, registry.example/trl:2]", "[registry.example/trl:1]");

        done(request);
        assertThat(kubelet.created()).isEqualTo(1);
        assertThat(run()).doesNotExist();
    }

    @Test
    void aRunIsCancelledAfterItsImageWasRemovedFromTheList() throws Exception {
        TrainRequest request = request(spec(Map.of("milliseconds", 300L), "registry.example/trl:2", 1));
        attempt(request, 0);
        declare("[registry.example/trl:1, registry.example/trl:2]", "[registry.example/trl:1]");

        end(request);
        assertThat(jobs()).isEmpty();
    }

    /** The finalizer stands for a node that does not confirm the end of its pod. */
    @Test
    void aPodOfALostNodeIsDeletedByForceAfterItsProgramEndedItself() throws Exception {
        standIn();
        kubelet.pending(new PodStatusBuilder().withPhase("Running").build());
        declare("orphan: 30s", "orphan: 2s");
        declare("grace: 5s", "grace: 1s");
        KubernetesSpec spec = spec(Map.of(), null, 1);
        attempt(request(spec), 0);
        await("the pod", () -> pods() == 1);
        client.pods()
                .inNamespace(NAMESPACE)
                .list()
                .getItems()
                .forEach(pod -> client.resource(pod)
                        .edit(one -> one.edit()
                                .editMetadata()
                                .withFinalizers("septet.dev/lost")
                                .endMetadata()
                                .build()));
        KubernetesCluster cluster = DeclaredTrainers.kubernetes(Objects.requireNonNull(trainers.file()));
        KubernetesManifest manifest = KubernetesManifest.of(
                new TrainerFolder(run()),
                DeclaredTrainers.trainer(trainers, spec),
                cluster.complete(spec, null),
                cluster,
                null);
        AtomicInteger rounds = new AtomicInteger();
        new KubernetesObjects(client, manifest, Duration.ofSeconds(1)).end(() -> {
            rounds.incrementAndGet();
            if (!requests.forced().isEmpty()) {
                client.pods()
                        .inNamespace(NAMESPACE)
                        .list()
                        .getItems()
                        .forEach(pod -> client.resource(pod)
                                .edit(one -> one.edit()
                                        .editMetadata()
                                        .withFinalizers(List.of())
                                        .endMetadata()
                                        .build()));
            }
        });
        assertThat(requests.forced()).hasSize(1);
        assertThat(rounds).hasValueGreaterThan(4);
        assertThat(pods()).isZero();
    }

    /** Another attempt took over, or the worker shuts down. */
    @Test
    void anAttemptThatMustEndDoesNotWaitForTheEndOfAJob() throws Exception {
        kubelet.pending(new PodStatusBuilder().withPhase("Running").build());
        TrainRequest request = request(Map.of());
        attempt(request, 0);
        await("the pod", () -> pods() == 1);
        KubernetesSpec spec =
                (KubernetesSpec) Objects.requireNonNull(request.spec().by());
        KubernetesCluster cluster = DeclaredTrainers.kubernetes(Objects.requireNonNull(trainers.file()));
        KubernetesJob job = new KubernetesJob(
                new TrainerFolder(run()), DeclaredTrainers.trainer(trainers, spec), spec, cluster, what -> {
                    throw new StageProblem(FailureType.INTERRUPTED, what);
                });

        assertThatThrownBy(job::end).hasMessageStartingWith("waiting until Kubernetes ends job septet-run-1-train-");
        end(request);
    }

    @Test
    void theImageIsPartOfTheKeyAndTheListIsNot() throws Exception {
        String first = trainers.of(spec(Map.of(), null, 1)).fingerprint();
        assertThat(trainers.of(spec(Map.of(), "registry.example/trl:1", 1)).fingerprint())
                .isEqualTo(first);
        assertThat(trainers.of(spec(Map.of(), "registry.example/trl:2", 1)).fingerprint())
                .isNotEqualTo(first);
        String command = trainers.of(command(Map.of())).fingerprint();
        declare("trl:2]", "trl:2, registry.example/trl:3]");
        assertThat(trainers.of(spec(Map.of(), null, 1)).fingerprint()).isEqualTo(first);
        assertThat(trainers.of(command(Map.of())).fingerprint()).isEqualTo(command);
    }

    @Test
    void withoutTheSectionNoClusterIsUsed() throws Exception {
        Path file = Objects.requireNonNull(trainers.file());
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.indexOf("kubernetes:")));
        assertThatThrownBy(() -> trainers.of(spec(Map.of(), null, 1)))
                .hasMessageContaining("has no section `kubernetes:`");
    }

    /** The client of a worker without {@code kubeconfig:}; the property stands for the variable KUBECONFIG. */
    @Test
    void credentialsAreFoundOrMissing() throws Exception {
        declare("  kubeconfig: %s\n".formatted(temp.resolve("kubeconfig")), "");
        TrainRequest request = request(Map.of());
        Files.createDirectories(run());
        String before =
                System.setProperty("kubeconfig", temp.resolve("kubeconfig").toString());
        try {
            assertThat(launcher(request).held()).isFalse();
            System.setProperty("kubeconfig", temp.resolve("none").toString());
            assertThatThrownBy(() -> launcher(request).held())
                    .hasMessageContaining("this worker has no credentials of a Kubernetes cluster; set KUBECONFIG");
        } finally {
            if (before == null) {
                System.clearProperty("kubeconfig");
            } else {
                System.setProperty("kubeconfig", before);
            }
        }
    }

    @Test
    void whatTheClusterForbidsIsNamed() throws Exception {
        standIn();
        String message =
                "jobs.batch is forbidden: User \"system:serviceaccount:septet:worker\" cannot create resource \"jobs\""
                        + " in API group \"batch\" in the namespace \"training\"";
        server.expect()
                .post()
                .withPath(JOBS)
                .andReturn(403, status(403, "Forbidden", message))
                .once();
        TrainRequest request = request(Map.of());

        assertThatThrownBy(() -> attempt(request, 0))
                .hasStackTraceContaining("the cluster forbids it (403): " + message)
                .hasStackTraceContaining("compare the worker's role with the page trainers.md");
    }

    @Test
    void expiredCredentialsAreNamedAndDoNotEndATraining() throws Exception {
        standIn();
        TrainRequest request = request(Map.of("milliseconds", 1000L));
        attempt(request, 0);
        KubernetesJob job = launcher(request);
        server.expect()
                .get()
                .withPath(JOBS + "/" + jobs().get(0).getMetadata().getName())
                .andReturn(401, status(401, "Unauthorized", "Unauthorized"))
                .always();

        assertThat(job.held()).isTrue();
        assertThat(job.queued().orElseThrow().why()).contains("credentials of this worker (401)");
        answers.clear();
        end(request);
    }

    @Test
    void credentialsThatAreMissingForAMomentDoNotEndATraining() throws Exception {
        standIn();
        TrainRequest request = request(Map.of("milliseconds", 1000L));
        attempt(request, 0);
        String valid = Files.readString(temp.resolve("kubeconfig"));
        Files.delete(temp.resolve("kubeconfig"));

        assertThat(attempt(request, 1).waiting()).isNotNull();
        assertThat(launcher(request).queued().orElseThrow().why()).contains("cannot be read on this worker");
        assertThatThrownBy(() -> launcher(request).end())
                .isInstanceOfSatisfying(
                        StageProblem.class,
                        problem -> assertThat(problem.type()).isEqualTo(FailureType.BACKEND_FAILED));
        Files.writeString(temp.resolve("kubeconfig"), valid.substring(0, valid.length() / 2));
        assertThat(attempt(request, 2).waiting()).isNotNull();

        Files.writeString(temp.resolve("kubeconfig"), valid);
        server.expect()
                .get()
                .withPath(JOBS + "/" + jobs().get(0).getMetadata().getName())
                .andReturn(
                        403,
                        status(403, "Forbidden", "jobs.batch is forbidden: User \"system:anonymous\" cannot get jobs"))
                .always();
        assertThat(attempt(request, 3).waiting()).isNotNull();
        assertThat(launcher(request).queued().orElseThrow().why())
                .contains("the cluster got no credentials of this worker (403)")
                .endsWith("; check the kubeconfig, and the plugin of its `exec:`");
        answers.clear();
        done(request);
        assertThat(kubelet.created()).isEqualTo(1);
    }

    @Test
    void aClusterThatCannotBeReachedIsNamedAndDoesNotEndATraining() throws Exception {
        TrainRequest request = request(Map.of("milliseconds", 1000L));
        attempt(request, 0);
        String reachable = Files.readString(temp.resolve("kubeconfig"));
        kubeconfig("http://localhost:1/");

        assertThat(Objects.requireNonNull(attempt(request, 1).waiting()).seconds())
                .isEqualTo(10);
        assertThat(launcher(request).queued().orElseThrow().why())
                .contains("the cluster cannot be reached: the connection is refused");
        Files.delete(run().resolve("job"));
        assertThatThrownBy(() -> launcher(request).held())
                .hasMessageContaining("the cluster cannot be reached: the connection is refused")
                .hasMessageNotContaining("not-for-messages");

        Files.writeString(temp.resolve("kubeconfig"), reachable);
        end(request);
        Files.delete(temp.resolve("kubeconfig"));
        assertThatThrownBy(() -> attempt(request, 2)).hasStackTraceContaining("cannot be read on this worker");
        Files.writeString(temp.resolve("kubeconfig"), "users: [{name: septet, user: {token: not-for-messages");
        assertThatThrownBy(() -> attempt(request, 3))
                .hasStackTraceContaining("is not valid, or lacks the context; check it")
                .satisfies(problem -> assertThat(problem.toString()).doesNotContain("not-for-messages"));
    }

    @Test
    void aJobOfOthersWithThisNameStays() throws Exception {
        TrainRequest request = request(Map.of());
        attempt(request, 0);
        Job own = jobs().get(0);
        end(request);
        kubelet.idle();
        client.resource(new JobBuilder(own)
                        .editMetadata()
                        .withLabels(Map.of("team", "search"))
                        .withUid(null)
                        .withResourceVersion(null)
                        .endMetadata()
                        .editSpec()
                        .withSelector(null) // a real API server has set it, and the label that it selects
                        .editTemplate()
                        .editMetadata()
                        .removeFromLabels("controller-uid")
                        .removeFromLabels("batch.kubernetes.io/controller-uid")
                        .endMetadata()
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();

        assertThatThrownBy(() -> attempt(request, 1))
                .hasStackTraceContaining("namespace training already has a Job "
                        + own.getMetadata().getName()
                        + " that this installation of Septet did not create; delete it, or use another namespace");
        assertThat(jobs())
                .singleElement()
                .satisfies(job -> assertThat(job.getMetadata().getLabels()).containsKey("team"));
    }

    @Test
    void theProgramsFailureIsTold() throws Exception {
        TrainRequest request = request(Map.of("mode", "crash"));
        attempt(request, 0);
        awaitFailure(request, "it ended with exit status 1. It printed:");
    }

    @Test
    void theClusterKnowsWhyTheProgramFailed() throws Exception {
        kubelet.failed(new PodStatusBuilder()
                .withPhase("Failed")
                .withContainerStatuses(new ContainerStatusBuilder()
                        .withName("trainer")
                        .withNewState()
                        .withNewTerminated()
                        .withExitCode(137)
                        .withReason("OOMKilled")
                        .endTerminated()
                        .endState()
                        .build())
                .build());
        TrainRequest request = request(Map.of("mode", "crash"));
        attempt(request, 0);
        awaitFailure(request, "it was ended (out of memory; give it more with `memory`, or train in smaller batches)");
    }

    @Test
    void withoutItsJobTheProgramsStatusCounts() throws Exception {
        kubelet.idle();
        TrainRequest request = request(Map.of());
        attempt(request, 0);
        TrainerFolder folder = new TrainerFolder(run());
        assertThat(launcher(request).exit()).isEmpty();
        folder.write(folder.exit(), "78 exited\n");
        assertThat(launcher(request).exit()).contains(new TrainerLauncher.Exit(78, "exited"));
        folder.write(folder.exit(), "3 exited\n");
        client.resource(jobs().get(0)).delete();
        assertThat(launcher(request).exit()).contains(new TrainerLauncher.Exit(3, "exited"));
    }

    private static Object status(int code, String reason, String message) {
        return new StatusBuilder()
                .withCode(code)
                .withReason(reason)
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

    private static KubernetesSpec spec(Map<String, Object> options, @Nullable String image, int nodes) {
        return new KubernetesSpec(command(options), image, null, nodes, 0, null, null, null);
    }

    private TrainRequest request(Map<String, Object> options) throws IOException {
        return request(spec(options, null, 1));
    }
}
