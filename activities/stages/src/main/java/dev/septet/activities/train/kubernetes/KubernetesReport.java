package dev.septet.activities.train.kubernetes;

import dev.septet.activities.secret.MaskedText;
import dev.septet.activities.time.SteadyClock;
import dev.septet.activities.train.outside.TrainerLauncher.Exit;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster reports about a job.
 *
 * @param job null = there is none
 * @param pods of the job, also while the job is gone already
 * @param events about the object of {@link #unexplained}, newest last
 * @param restarts whether the cluster may start containers and pods again
 */
record KubernetesReport(@Nullable Job job, List<Pod> pods, List<Event> events, boolean restarts) {
    /** Reasons of a waiting container that does not start by waiting. */
    private static final Set<String> NEVER = Set.of(
            "ImagePullBackOff",
            "InvalidImageName",
            "ErrImageNeverPull",
            "CreateContainerConfigError",
            "CreateContainerError",
            "RunContainerError");

    /** Part of a cluster's message: there is room when other pods end. */
    static final String FULL_QUOTA = "exceeded quota";

    /** Parts of the messages of a cluster that will create the pods later. */
    private static final List<String> LATER = List.of(FULL_QUOTA, "failed calling webhook", "Internal error");

    /** What ended a pod, by the reason of its condition DisruptionTarget. */
    private static final Map<String, String> DISRUPTIONS = Map.of(
            "PreemptionByScheduler", "preempted by a pod of a higher priority",
            "EvictionByEvictionAPI", "evicted from its node, as by a drain",
            "DeletionByTaintManager", "its node does not answer, or has a taint",
            "DeletionByPodGC", "its node was removed",
            "TerminationByKubelet", "evicted by its node");

    /** What ended a pod, by the reason of its status. */
    private static final Map<String, String> REASONS = Map.of(
            "Evicted", "evicted by its node",
            "Preempting", "preempted",
            "DeadlineExceeded", "time limit",
            "NodeLost", "its node does not answer",
            "Shutdown", "its node was shut down",
            "Terminated", "its node was shut down");

    /** After the time at which a pod should be gone: its node does not answer. */
    private static final Duration LOST = Duration.ofMinutes(2);

    /** When the cluster does not know how it ended. */
    static final Exit GONE = new Exit(1, "its pod is gone");

    private static final String COMPLETE = "Complete";
    private static final String FAILED = "Failed";

    /** Of a TrainJob whose objects its controller cannot create, which it tries again. */
    private static final String NOT_CREATED = "TrainJobResourcesCreationFailed";

    KubernetesReport(@Nullable Job job, List<Pod> pods, List<Event> events) {
        this(job, pods, events, false);
    }

    /** Whether the job is over, or there is none. */
    boolean over() {
        return job == null || end().isPresent();
    }

    /** Whether the job runs or waits for its turn, or a pod of it still ends. */
    boolean running() {
        return !restarted() && runs();
    }

    /** Whether a container or a pod ended that the cluster starts again, which is the work of the next attempt. */
    private boolean restarted() {
        return restarts
                && pods.stream()
                        .filter(pod -> pod.getStatus() != null)
                        .anyMatch(pod -> FAILED.equals(pod.getStatus().getPhase())
                                || pod.getStatus().getContainerStatuses().stream()
                                        .anyMatch(
                                                status -> Objects.requireNonNullElse(status.getRestartCount(), 0) > 0));
    }

    private boolean runs() {
        return pods.stream().anyMatch(pod -> live(pod) && !lost(pod))
                || (!over() && pods.stream().noneMatch(KubernetesReport::lost));
    }

    /** Whether nothing of the job may run any more. */
    boolean gone() {
        return job == null && pods.stream().noneMatch(KubernetesReport::live);
    }

    static boolean live(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return !"Succeeded".equals(phase) && !FAILED.equals(phase);
    }

    /** Whether a pod should be gone, but its node does not confirm it. */
    private static boolean lost(Pod pod) {
        String until = pod.getMetadata().getDeletionTimestamp();
        try {
            return until != null && live(pod) && Instant.parse(until).plus(LOST).isBefore(SteadyClock.now());
        } catch (DateTimeParseException unknown) {
            return false;
        }
    }

    /** The condition that ended the job. */
    private Optional<JobCondition> end() {
        return job == null || job.getStatus() == null
                ? Optional.empty()
                : job.getStatus().getConditions().stream()
                        .filter(condition -> "True".equals(condition.getStatus())
                                && Set.of(COMPLETE, FAILED).contains(condition.getType()))
                        .findFirst();
    }

    /** How the job ended, as far as the cluster knows. */
    Exit exit() {
        if (job == null) {
            return new Exit(
                    1,
                    "its job was deleted, but not by Septet; the next attempt creates another one, from the newest"
                            + " checkpoint");
        }
        if (end().filter(condition -> COMPLETE.equals(condition.getType())).isPresent()) {
            return new Exit(0, "exited");
        }
        return Stream.<Optional<Exit>>of(
                        end().filter(condition -> "DeadlineExceeded".equals(condition.getReason()))
                                .map(condition -> new Exit(1, text("time limit", condition.getMessage()))),
                        pods.stream().flatMap(KubernetesReport::disrupted).findFirst(),
                        Stream.concat(
                                        containers(ContainerStatus::getLastState, ContainerState::getTerminated),
                                        containers(ContainerStatus::getState, ContainerState::getTerminated))
                                .flatMap(KubernetesReport::failed)
                                .findFirst(),
                        pods.stream().anyMatch(KubernetesReport::lost)
                                ? Optional.of(new Exit(1, "its node does not answer"))
                                : Optional.empty(),
                        end().map(condition -> new Exit(
                                1,
                                text(
                                        pods.isEmpty() && !restarts
                                                ? "its pod was deleted, or its node is gone"
                                                : "its job failed",
                                        condition.getMessage()))))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(GONE);
    }

    private static Stream<Exit> disrupted(Pod pod) {
        if (pod.getStatus() == null) {
            return Stream.empty();
        }
        Optional<Exit> disruption = pod.getStatus().getConditions().stream()
                .filter(condition ->
                        "DisruptionTarget".equals(condition.getType()) && "True".equals(condition.getStatus()))
                .map(condition -> new Exit(
                        1,
                        text(
                                DISRUPTIONS.getOrDefault(
                                        Objects.requireNonNullElse(condition.getReason(), ""), "ended by the cluster"),
                                condition.getMessage())))
                .findFirst();
        String reason = pod.getStatus().getReason();
        return disruption
                .or(() -> Optional.ofNullable(reason)
                        .map(known -> new Exit(
                                1,
                                text(
                                        REASONS.getOrDefault(known, known),
                                        pod.getStatus().getMessage()))))
                .stream();
    }

    private static Stream<Exit> failed(ContainerStateTerminated ended) {
        int status = Objects.requireNonNullElse(ended.getExitCode(), 0);
        String reason = Objects.requireNonNullElse(ended.getReason(), "Error");
        if (reason.equals("OOMKilled")) {
            return Stream.of(
                    new Exit(status, "out of memory; give it more with `memory`, or train in smaller batches"));
        }
        if (reason.equals("Error") || reason.equals("Completed")) {
            return status == 0 ? Stream.empty() : Stream.of(new Exit(status, "exited"));
        }
        if (reason.equals("ContainerStatusUnknown")) {
            return Stream.of(new Exit(status, text("its node lost its container", ended.getMessage())));
        }
        return Stream.of(new Exit(
                status,
                text("its container did not start, which needs bash in the image: " + reason, ended.getMessage())));
    }

    private <T> Stream<T> containers(
            Function<ContainerStatus, @Nullable ContainerState> when, Function<ContainerState, @Nullable T> state) {
        return pods.stream()
                .filter(pod -> pod.getStatus() != null)
                .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
                .flatMap(status -> Stream.ofNullable(when.apply(status)))
                .flatMap(one -> Stream.ofNullable(state.apply(one)));
    }

    /** Why the job will not start, however long it waits; empty = it may start. */
    Optional<String> neverStarts() {
        Optional<String> container = containers(ContainerStatus::getState, ContainerState::getWaiting)
                .filter(waiting -> waiting.getReason() != null && NEVER.contains(waiting.getReason()))
                .map(waiting -> text("its container cannot start: " + waiting.getReason(), waiting.getMessage())
                        + (waiting.getReason().contains("Image")
                                ? "; check the image, and the credentials of its registry in the service account of"
                                        + " the pods"
                                : ""))
                .findFirst();
        return container.or(() -> refused().filter(why -> LATER.stream().noneMatch(why::contains)));
    }

    /** Why the job controller could not create the pods. */
    private Optional<String> refused() {
        return newest("FailedCreate", "the cluster refuses its pods").map(KubernetesReport::withNextStep);
    }

    /** The newest event of a reason, while there are no pods. */
    private Optional<String> newest(String reason, String what) {
        return pods.isEmpty()
                ? events.stream()
                        .filter(event -> reason.equals(event.getReason()))
                        .reduce((first, last) -> last)
                        .map(event -> text(what, event.getMessage()))
                : Optional.empty();
    }

    /** A quota of processors or memory admits only pods with limits. */
    private static String withNextStep(String refusal) {
        return refusal.contains("failed quota")
                ? refusal + "; write `cpus` and `memory` in the block of `kubernetes`"
                : refusal;
    }

    /** What the job waits for; empty when its pods run. */
    Optional<String> waits() {
        if (job == null || over()) {
            return Optional.empty();
        }
        if (Boolean.TRUE.equals(job.getSpec().getSuspend())) {
            return Optional.of("it is suspended, as by a queue of the cluster");
        }
        if (pods.isEmpty()) {
            return Optional.of(refused()
                    .or(() -> newest(NOT_CREATED, "its controller reports"))
                    .orElse("its pods are not created yet"));
        }
        return pending()
                .map(pod -> scheduled(pod, "False")
                        .map(condition -> text(
                                Objects.requireNonNullElse(condition.getReason(), "not scheduled"),
                                condition.getMessage()))
                        .or(this::warning)
                        .or(() -> waiting(pod).map(KubernetesReport::text))
                        .orElse("its pod is not scheduled yet"));
    }

    /** The UID of the object whose events show why nothing runs; empty when its state shows it. */
    Optional<String> unexplained() {
        if (job == null) {
            return Optional.empty();
        }
        return pods.isEmpty()
                ? Optional.ofNullable(job.getMetadata().getUid())
                : pending()
                        .filter(pod -> scheduled(pod, "True").isPresent()
                                && waiting(pod)
                                        .filter(state -> !"ContainerCreating".equals(state.getReason()))
                                        .isEmpty())
                        .map(pod -> pod.getMetadata().getUid());
    }

    private Optional<Pod> pending() {
        return pods.stream()
                .filter(pod -> pod.getStatus() != null
                        && "Pending".equals(pod.getStatus().getPhase()))
                .findFirst();
    }

    private static Optional<PodCondition> scheduled(Pod pod, String status) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> "PodScheduled".equals(condition.getType()) && status.equals(condition.getStatus()))
                .findFirst();
    }

    private static Optional<ContainerStateWaiting> waiting(Pod pod) {
        return pod.getStatus().getContainerStatuses().stream()
                .flatMap(status -> Stream.ofNullable(status.getState()))
                .flatMap(state -> Stream.ofNullable(state.getWaiting()))
                .findFirst();
    }

    /** Why a pod does not start on its node, such as a volume that cannot be mounted. */
    private Optional<String> warning() {
        return events.stream()
                .filter(event -> "Warning".equals(event.getType()))
                .reduce((first, last) -> last)
                .map(event -> text(String.valueOf(event.getReason()), event.getMessage()));
    }

    private static String text(ContainerStateWaiting waiting) {
        return text(Objects.requireNonNullElse(waiting.getReason(), "its container starts"), waiting.getMessage());
    }

    /** A sentence of the cluster may quote a specification, so what looks like a secret is removed. */
    static String text(String what, @Nullable String message) {
        return message == null || message.isBlank() ? what : what + ": " + MaskedText.line(message);
    }
}
