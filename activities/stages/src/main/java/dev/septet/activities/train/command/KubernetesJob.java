package dev.septet.activities.train.command;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.train.KubernetesSpec;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An outside trainer as a Job of a Kubernetes cluster. The job's name is made from the run, so that a worker that was
 * killed after the creation finds the job instead of creating another.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/job/">Jobs</a>
 */
final class KubernetesJob implements TrainerLauncher {
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final Duration MARGIN = Duration.ofSeconds(75);
    /** Exit status of bash without the script, and of the script without the lock. */
    private static final int NO_FILE = 127;

    private static final int NO_LOCK = 75;
    private static final String SCRIPT = TrainerLauncher.script("kubernetes-job.sh");

    private final TrainerFolder folder;
    private final OutsideTrainer trainer;
    private final KubernetesSpec spec;
    private final KubernetesCluster cluster;
    private @Nullable KubernetesManifest made;

    KubernetesJob(TrainerFolder folder, OutsideTrainer trainer, KubernetesSpec spec, KubernetesCluster cluster) {
        this.folder = folder;
        this.trainer = trainer;
        this.spec = cluster.allowed(spec, trainer);
        this.cluster = cluster;
    }

    /** Requests to the cluster. */
    private interface Work<R> {
        R with(KubernetesClient client) throws IOException;
    }

    @Override
    public boolean held() throws IOException {
        try (KubernetesClient client = cluster.client(spec)) {
            return report(client).running();
        } catch (KubernetesClientException e) {
            if (KubernetesCluster.away(e) && Files.exists(folder.job())) {
                return Files.notExists(folder.exit()); // a cluster that does not answer may still run the job
            }
            throw problem(e);
        }
    }

    @Override
    public Optional<Exit> exit() throws IOException {
        Optional<Exit> written = folder.read(folder.exit()).flatMap(Exit::parse);
        if (written.isPresent() && !written.get().reason().equals("told")) {
            return written;
        }
        return ask(client -> {
            KubernetesReport report = report(client);
            if (report.job() == null && Files.notExists(folder.job())) {
                return written;
            }
            return report.running() ? Optional.empty() : Optional.of(explained(report.exit(), written));
        });
    }

    /** The cluster knows what ended a pod, and the script what ended the program. */
    static Exit explained(Exit pod, Optional<Exit> program) {
        if (!pod.reason().equals("exited")) {
            return pod;
        } else if (program.isPresent()) {
            return program.get();
        }
        return switch (pod.status()) {
            case NO_FILE ->
                new Exit(
                        NO_FILE,
                        "its pod does not see the run folder; compare `claim:` and `folder:` of the operator's file with %s of this worker"
                                .formatted(Setting.TRAINER_RUNS.variable()));
            case NO_LOCK -> new Exit(NO_LOCK, "another process still holds the lock of the run folder");
            default -> pod;
        };
    }

    @Override
    public String lost() {
        return "it has no job";
    }

    @Override
    public Optional<String> queued() throws IOException {
        String waiting = "waiting for Kubernetes job %s: ".formatted(manifest().name());
        try (KubernetesClient client = cluster.client(spec)) {
            KubernetesReport report = withEvents(client, report(client));
            Optional<String> never = report.neverStarts();
            if (never.isPresent()) {
                throw failed(never.get());
            }
            return report.waits().map(waiting::concat);
        } catch (KubernetesClientException e) {
            return Optional.of(waiting + KubernetesCluster.why(e));
        }
    }

    @Override
    public void start() throws IOException {
        Files.deleteIfExists(folder.exit());
        folder.renewLease();
        Files.writeString(manifest().script(), SCRIPT, StandardCharsets.UTF_8);
        ask(client -> {
            KubernetesReport before = report(client);
            if (!same(before)) {
                end(client);
                Files.deleteIfExists(folder.end());
                create(client);
            }
            return before;
        });
        folder.write(
                folder.job(),
                "%s/%s\n".formatted(manifest().namespace(), manifest().name()));
    }

    private void create(KubernetesClient client) throws IOException {
        Service service = spec.nodes() > 1 ? created(client, manifest().service()) : null;
        Job job = created(client, manifest().job());
        if (service != null) {
            // Whoever deletes the job also deletes the service.
            client.resource(service)
                    .edit(one -> one.edit()
                            .editMetadata()
                            .withOwnerReferences(new OwnerReferenceBuilder()
                                    .withApiVersion("batch/v1")
                                    .withKind("Job")
                                    .withName(job.getMetadata().getName())
                                    .withUid(job.getMetadata().getUid())
                                    .build())
                            .endMetadata()
                            .build());
        }
    }

    /** Creates an object, or finds the one that another attempt of this run created. */
    private <T extends HasMetadata> T created(KubernetesClient client, T object) throws IOException {
        Resource<T> resource = client.resource(object);
        try {
            return resource.create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            T there = resource.get();
            if (there == null || there.getMetadata().getDeletionTimestamp() != null) {
                throw failed("%s %s is being deleted; the next attempt creates it"
                        .formatted(object.getKind(), object.getMetadata().getName()));
            }
            if (!ours(there)) {
                throw KubernetesCluster.denied(
                        spec,
                        "namespace %s already has a %s %s that this installation of Septet did not create; delete it, or use another namespace"
                                .formatted(
                                        manifest().namespace(),
                                        object.getKind(),
                                        object.getMetadata().getName()));
            }
            return there;
        }
    }

    private boolean ours(HasMetadata object) throws IOException {
        return object.getMetadata().getLabels() != null
                && object.getMetadata()
                        .getLabels()
                        .entrySet()
                        .containsAll(manifest().labels().entrySet());
    }

    /** Whether the job of the present declaration runs or waits. */
    private boolean same(KubernetesReport report) throws IOException {
        Job job = report.job();
        return job != null
                && !report.over()
                && job.getMetadata().getDeletionTimestamp() == null
                && manifest()
                        .declaration()
                        .equals(job.getMetadata().getAnnotations().get(KubernetesManifest.DECLARATION));
    }

    @Override
    public void end() throws IOException {
        ask(client -> {
            end(client);
            return client;
        });
    }

    private void end(KubernetesClient client) throws IOException {
        KubernetesReport report = report(client);
        String name = manifest().name();
        if (!report.gone()) {
            folder.write(folder.end(), ""); // also for a pod that the cluster does not reach
        }
        if (report.job() != null) {
            client.batch()
                    .v1()
                    .jobs()
                    .inNamespace(manifest().namespace())
                    .withName(name)
                    .withPropagationPolicy(DeletionPropagation.FOREGROUND)
                    .delete();
        }
        long began = System.nanoTime();
        Duration ends = trainer.grace().plus(MARGIN);
        Duration loses = ends.plus(trainer.orphan());
        while (!report.gone()) {
            long waited = System.nanoTime() - began;
            if (report.job() == null || waited > loses.toNanos()) {
                // Without a worker, a program that no cluster reaches has ended itself by now.
                end(client, report.pods(), waited > loses.toNanos());
            }
            if (waited > loses.plus(MARGIN).toNanos()) {
                throw failed("Kubernetes did not end job %s; see `kubectl --namespace %s describe job %s`"
                        .formatted(name, manifest().namespace(), name));
            }
            for (int tenths = 0; tenths < 5; tenths++) {
                TrainerProcess.sleep();
            }
            report = report(client);
        }
        if (spec.nodes() > 1) {
            var services = client.services().inNamespace(manifest().namespace()).withName(name);
            Service service = services.get();
            if (service != null && ours(service)) {
                services.delete();
            }
        }
    }

    /** Ends pods whose job is gone, or whose nodes do not answer. */
    private static void end(KubernetesClient client, List<Pod> pods, boolean force) {
        for (Pod pod : pods) {
            if (force || pod.getMetadata().getDeletionTimestamp() == null) {
                var one = client.pods()
                        .inNamespace(pod.getMetadata().getNamespace())
                        .withName(pod.getMetadata().getName());
                if (force) {
                    one.withGracePeriod(0).delete();
                } else {
                    one.delete();
                }
            }
        }
    }

    @Override
    public Duration pause() {
        Duration third = trainer.orphan().dividedBy(3);
        return PAUSE.compareTo(third) < 0 ? PAUSE : third;
    }

    private KubernetesReport report(KubernetesClient client) throws IOException {
        String namespace = manifest().namespace();
        Job job = client.batch()
                .v1()
                .jobs()
                .inNamespace(namespace)
                .withName(manifest().name())
                .get();
        List<Pod> pods = client.pods()
                .inNamespace(namespace)
                .withLabels(manifest().labels())
                .list()
                .getItems();
        return new KubernetesReport(job != null && ours(job) ? job : null, pods, List.of());
    }

    /** Adds what the cluster says about a job without pods. */
    private KubernetesReport withEvents(KubernetesClient client, KubernetesReport report) throws IOException {
        if (!report.pods().isEmpty()) {
            return report;
        }
        try {
            List<Event> events = client.v1()
                    .events()
                    .inNamespace(manifest().namespace())
                    .withField("involvedObject.name", manifest().name())
                    .list()
                    .getItems();
            return new KubernetesReport(report.job(), report.pods(), events);
        } catch (KubernetesClientException forbidden) {
            return report;
        }
    }

    private KubernetesManifest manifest() throws IOException {
        KubernetesManifest known = made;
        if (known == null) {
            known = KubernetesManifest.of(folder, trainer, spec, cluster);
            made = known;
        }
        return known;
    }

    private <R> R ask(Work<R> work) throws IOException {
        try (KubernetesClient client = cluster.client(spec)) {
            return work.with(client);
        } catch (KubernetesClientException e) {
            throw problem(e);
        }
    }

    /** The exception itself stays out: it may have what was sent. */
    private StageProblem problem(KubernetesClientException e) {
        String why = KubernetesCluster.why(e);
        return e.getCode() == HttpURLConnection.HTTP_FORBIDDEN && !why.contains("quota")
                ? KubernetesCluster.denied(spec, why)
                : failed(why);
    }

    private StageProblem failed(String why) {
        return new StageProblem(FailureType.BACKEND_FAILED, "train: by %s: %s".formatted(spec.written(), why));
    }
}
