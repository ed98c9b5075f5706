package dev.septet.activities.train.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plays the controllers and the kubelet of a cluster: the containers of jobs are processes of this machine. */
public final class FakeKubelet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FakeKubelet.class);
    private static final String OF_JOB = "batch.kubernetes.io/job-name";

    private final KubernetesClient client;
    private final String namespace;
    private final Path logs;
    private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor();
    private final Set<String> jobs = new HashSet<>();
    private final Map<String, Process> processes = new ConcurrentHashMap<>();
    private final Map<String, PodStatus> ends = new ConcurrentHashMap<>();
    private volatile @Nullable PodStatus pending;
    private volatile @Nullable PodStatus failed;
    private volatile boolean idle;
    private volatile boolean restarts;
    private final AtomicInteger started = new AtomicInteger();

    /**
     * Begins at once.
     *
     * @param logs folder for what the containers print
     */
    public FakeKubelet(KubernetesClient client, String namespace, Path logs) {
        this.client = client;
        this.namespace = namespace;
        this.logs = logs;
        var unused = rounds.scheduleWithFixedDelay(this::round, 0, 50, TimeUnit.MILLISECONDS);
    }

    /** From now on, pods stay in this state. */
    void pending(PodStatus status) {
        pending = status;
    }

    /** From now on, no pods are created. */
    void idle() {
        idle = true;
    }

    /** From now on, containers that fail are started again in their pods, as with the restart policy OnFailure. */
    void restart() {
        restarts = true;
    }

    /** Kills all containers, as for want of memory. */
    void killContainers() {
        processes.values().forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
    }

    /** Ends all pods with SIGTERM and creates them again, as after a suspension of their jobs. */
    synchronized void suspendAndResume() throws IOException, InterruptedException {
        for (Process process : processes.values()) {
            process.destroy();
            process.waitFor();
        }
        client.pods().inNamespace(namespace).delete();
        for (Job job : client.batch().v1().jobs().inNamespace(namespace).list().getItems()) {
            create(job, 0);
        }
    }

    /** Number of containers that were ever started. */
    int started() {
        return started.get();
    }

    /** Number of jobs that were ever created. */
    public synchronized int created() {
        return jobs.size();
    }

    /** Ends all pods with SIGTERM, and leaves this state. */
    void disrupt(PodStatus left) {
        processes.forEach((pod, process) -> {
            ends.put(pod, left);
            process.destroy();
        });
    }

    /** From now on, pods whose containers fail are left in this state. */
    void failed(PodStatus left) {
        failed = left;
    }

    /** Processes of containers that run. */
    long running() {
        return processes.values().stream().filter(Process::isAlive).count();
    }

    private synchronized void round() {
        try {
            Map<String, Job> all = new HashMap<>();
            client.batch()
                    .v1()
                    .jobs()
                    .inNamespace(namespace)
                    .list()
                    .getItems()
                    .forEach(job -> all.put(job.getMetadata().getName(), job));
            for (Job job : all.values()) {
                if (jobs.add(job.getMetadata().getUid()) && !idle) {
                    for (int i = 0; i < job.getSpec().getCompletions(); i++) {
                        create(job, i);
                    }
                }
            }
            Map<String, List<Pod>> pods = new HashMap<>();
            for (Pod pod : client.pods().inNamespace(namespace).list().getItems()) {
                pods.computeIfAbsent(pod.getMetadata().getLabels().get(OF_JOB), one -> new ArrayList<>())
                        .add(follow(pod));
            }
            all.forEach((name, job) -> {
                if (job.getMetadata().getDeletionTimestamp() != null) {
                    collect(job, pods.getOrDefault(name, List.of()));
                }
            });
            pods.forEach((job, own) -> {
                Job its = all.get(job);
                if (its != null && its.getMetadata().getDeletionTimestamp() != null) {
                    return;
                } else if (its == null) {
                    own.forEach(this::delete);
                } else {
                    end(its, own);
                }
            });
        } catch (KubernetesClientException deletedMeanwhile) {
            LOG.debug("a round of the kubelet ended early", deletedMeanwhile);
        } catch (IOException | RuntimeException e) {
            LOG.warn("a round of the kubelet failed", e);
        }
    }

    private void create(Job job, int index) throws IOException {
        String name = String.format(
                Locale.ROOT,
                "%s-%d-%s",
                job.getMetadata().getName(),
                index,
                job.getMetadata().getUid().substring(0, 5));
        PodStatus waits = pending;
        PodStatus status = waits != null
                ? waits
                : new PodStatusBuilder().withPhase("Running").build();
        client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .withLabels(job.getSpec().getTemplate().getMetadata().getLabels())
                        .addToLabels(OF_JOB, job.getMetadata().getName())
                        .endMetadata()
                        .withSpec(job.getSpec().getTemplate().getSpec())
                        .build())
                .create();
        status(name, status);
        if (waits == null) {
            start(name, job.getSpec().getTemplate().getSpec(), index);
        }
    }

    private void start(String name, PodSpec pod, int index) throws IOException {
        Container container = pod.getContainers().get(0);
        List<String> command = new ArrayList<>(container.getCommand());
        container.getArgs().forEach(argument -> command.add(argument.replace("$$", "$")));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory((container.getWorkingDir() == null ? logs : Path.of(container.getWorkingDir())).toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(logs.resolve(name + ".log").toFile()));
        builder.environment().clear();
        builder.environment().put("PATH", System.getenv("PATH"));
        builder.environment().put("JOB_COMPLETION_INDEX", Integer.toString(index));
        for (EnvVar variable : container.getEnv()) {
            builder.environment().put(variable.getName(), variable.getValue().replace("$$", "$"));
        }
        processes.put(name, builder.start());
        started.incrementAndGet();
    }

    /** Writes down the end of a pod's process. */
    private Pod follow(Pod pod) throws IOException {
        String name = pod.getMetadata().getName();
        Process process = processes.get(name);
        if (process == null || process.isAlive() || !KubernetesReport.live(pod)) {
            return pod;
        }
        int status = process.exitValue();
        if (restarts && status != 0 && !ends.containsKey(name)) {
            return restarted(pod, status);
        }
        PodStatus failure = failed;
        PodStatus left = ends.getOrDefault(
                name,
                failure != null && status != 0
                        ? failure
                        : new PodStatusBuilder()
                                .withPhase(status == 0 ? "Succeeded" : "Failed")
                                .withContainerStatuses(new ContainerStatusBuilder()
                                        .withName("trainer")
                                        .withNewState()
                                        .withNewTerminated()
                                        .withExitCode(status)
                                        .withReason(status == 0 ? "Completed" : "Error")
                                        .endTerminated()
                                        .endState()
                                        .build())
                                .build());
        return status(name, left);
    }

    private Pod status(String name, PodStatus status) {
        return client.pods()
                .inNamespace(namespace)
                .withName(name)
                .editStatus(one -> new PodBuilder(one).withStatus(status).build());
    }

    private Pod restarted(Pod pod, int status) throws IOException {
        String name = pod.getMetadata().getName();
        int before = pod.getStatus().getContainerStatuses().stream()
                .mapToInt(ContainerStatus::getRestartCount)
                .sum();
        start(name, pod.getSpec(), 0);
        return client.pods()
                .inNamespace(namespace)
                .withName(name)
                .editStatus(one -> new PodBuilder(one)
                        .editStatus()
                        .withContainerStatuses(new ContainerStatusBuilder()
                                .withName("trainer")
                                .withRestartCount(before + 1)
                                .withNewLastState()
                                .withNewTerminated()
                                .withExitCode(status)
                                .withReason(status == 137 ? "OOMKilled" : "Error")
                                .endTerminated()
                                .endLastState()
                                .build())
                        .endStatus()
                        .build());
    }

    private void end(Job job, List<Pod> pods) {
        boolean failed =
                pods.stream().anyMatch(pod -> "Failed".equals(pod.getStatus().getPhase()));
        if (failed) {
            pods.forEach(
                    pod -> Optional.ofNullable(processes.get(pod.getMetadata().getName()))
                            .ifPresent(Process::destroy));
        }
        boolean over = pods.stream().noneMatch(KubernetesReport::live);
        if (over && (job.getStatus() == null || job.getStatus().getConditions().isEmpty())) {
            client.resource(job).editStatus(one -> ended(one, failed));
        }
    }

    /** What the job controller writes: a real API server refuses less. */
    private static Job ended(Job job, boolean failed) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        JobConditionBuilder condition = new JobConditionBuilder()
                .withStatus("True")
                .withLastProbeTime(now)
                .withLastTransitionTime(now)
                .withReason(failed ? "BackoffLimitExceeded" : "CompletionsReached")
                .withMessage(failed ? "Job has reached the specified backoff limit" : "");
        return new JobBuilder(job)
                .editOrNewStatus()
                .withStartTime(
                        job.getMetadata().getCreationTimestamp() == null
                                ? now
                                : job.getMetadata().getCreationTimestamp())
                .withCompletionTime(failed ? null : now)
                .withSucceeded(failed ? null : job.getSpec().getCompletions())
                .withFailed(failed ? 1 : null)
                .withConditions(
                        condition
                                .withType(failed ? "FailureTarget" : "SuccessCriteriaMet")
                                .build(),
                        condition.withType(failed ? "Failed" : "Complete").build())
                .endStatus()
                .build();
    }

    static Job withoutFinalizers(Job job) {
        return new JobBuilder(job)
                .editMetadata()
                .withFinalizers(List.of())
                .endMetadata()
                .build();
    }

    /** What the garbage collector does with a job that is deleted in the foreground: it goes after its pods. */
    private void collect(Job job, List<Pod> pods) {
        pods.forEach(this::delete);
        if (pods.isEmpty()) {
            String name = job.getMetadata().getName();
            client.services().inNamespace(namespace).withName(name).delete();
            client.resource(job).edit(FakeKubelet::withoutFinalizers);
        }
    }

    /** The job is gone: its pods end and are deleted. */
    private void delete(Pod pod) {
        Process process = processes.get(pod.getMetadata().getName());
        if (process != null && process.isAlive()) {
            process.destroy();
        } else {
            client.resource(pod).delete();
        }
    }

    @Override
    public void close() {
        rounds.shutdownNow();
        processes.values().forEach(Process::destroyForcibly);
    }
}
