package dev.septet.activities.train.kubernetes;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.train.kubernetes.KubernetesCluster.NoCredentialsException;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.activities.train.outside.TrainerProblems;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import dev.septet.settings.Setting;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An outside trainer as a Job or a TrainJob of a Kubernetes cluster. The job's name is made from the run, so that a worker that was
 * killed after the creation finds the job instead of creating another.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/job/">Jobs</a>
 */
final class KubernetesJob implements TrainerLauncher {
    private static final Duration PAUSE = Duration.ofSeconds(30);

    /** Exit status of a trainer that can never fulfil the request. */
    private static final int NEVER = 78;

    /** Exit status of bash without the script, and of the script without the lock. */
    private static final int NO_FILE = 127;

    private static final int NO_LOCK = 75;

    /** Exit status of the script that cannot write into the run folder. */
    private static final int NO_SPACE = 74;

    /** Exit status without the working folder. */
    private static final int NO_FOLDER = 72;

    /** Namespace, name, and of a TrainJob the runtime's kind and name. */
    private static final Pattern RECORD =
            Pattern.compile("(?<namespace>%s)/\\S+(?: (?<kind>\\w+)/(?<runtime>\\S+))?\\s*"
                    .formatted(KubernetesSpec.NAMESPACE_PATTERN));

    private static final String SCRIPT = TrainerLauncher.script(KubernetesJob.class, "kubernetes-job.sh");

    /** When a container that was started again waits for its end. */
    private static final Exit AGAIN = new Exit(
            1,
            "the cluster restarted its pod, after a suspension or a deletion; the next attempt continues from the"
                    + " newest checkpoint");

    private final TrainerFolder folder;
    private final OutsideTrainer trainer;
    private final KubernetesSpec spec;
    private final KubernetesCluster cluster;
    private final Consumer<String> progress;
    private @Nullable KubernetesManifest manifest;

    /**
     * A job of a run.
     *
     * @param progress receives what is waited for while the job ends; may throw when the attempt must end
     */
    KubernetesJob(
            TrainerFolder folder,
            OutsideTrainer trainer,
            KubernetesSpec spec,
            KubernetesCluster cluster,
            Consumer<String> progress) {
        this.progress = progress;
        this.folder = folder;
        this.trainer = trainer;
        this.spec = spec;
        this.cluster = cluster;
    }

    /** Requests to the cluster. */
    private interface Requests<R> {
        R send(KubernetesObjects objects) throws IOException;
    }

    @Override
    public boolean held() throws IOException {
        return !moved()
                && ask(objects -> Files.notExists(again()) && objects.report().running(), why -> true);
    }

    @Override
    public Optional<Exit> exit() throws IOException {
        Optional<Exit> written = folder.read(folder.exit()).flatMap(Exit::parse);
        if (written.filter(KubernetesJob::certain).isPresent()) {
            return written;
        }
        if (moved()) {
            return Optional.empty();
        }
        return ask(
                objects -> {
                    KubernetesReport report = objects.report();
                    if (report.job() == null && Files.notExists(folder.job())) {
                        return written;
                    }
                    if ((report.job() == null || report.pods().isEmpty())
                            && written.filter(KubernetesJob::own).isPresent()) {
                        return written; // the cluster has nothing to add
                    }
                    if (Files.exists(again())
                            && written.filter(KubernetesJob::own).isPresent()) {
                        return written;
                    } else if (Files.exists(again())) {
                        Exit known = report.exit();
                        return Optional.of(known.equals(KubernetesReport.GONE) ? AGAIN : explained(known, written));
                    }
                    return report.running() ? Optional.empty() : Optional.of(explained(report.exit(), written));
                },
                why -> Optional.empty());
    }

    /** Whether the program's status says all: the cluster knows more about a program that failed. */
    private static boolean certain(Exit written) {
        return written.reason().equals("orphaned")
                || (own(written) && (written.status() == 0 || written.status() == NEVER));
    }

    /** Whether the program ended by itself. */
    private static boolean own(Exit written) {
        return written.reason().equals("exited");
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
            case NO_FOLDER ->
                new Exit(
                        NO_FOLDER, "its working folder, `folder:` of the operator's file, does not exist in the image");
            case NO_SPACE ->
                new Exit(
                        NO_SPACE,
                        "its pod cannot write into the run folder; free space of the volume, or mount it writable");
            case NO_LOCK -> new Exit(NO_LOCK, "another process still holds the lock of the run folder");
            default -> pod;
        };
    }

    @Override
    public String lost() {
        return "it has no job";
    }

    @Override
    public Optional<Waiting> queued() throws IOException {
        String waiting = "waiting for Kubernetes %s %s: "
                .formatted(manifest().kind(), manifest().name());
        return ask(
                objects -> {
                    KubernetesReport report = objects.withEvents(objects.report());
                    Optional<String> never = report.neverStarts();
                    if (never.isPresent()) {
                        throw TrainerProblems.failed(spec, never.get());
                    }
                    return report.waits().map(why -> new Waiting(waiting + why, true));
                },
                why -> Optional.of(new Waiting(waiting + why, false)));
    }

    @Override
    public void start() throws IOException {
        if (moved()) {
            end();
            Files.deleteIfExists(folder.job());
            Files.deleteIfExists(creating());
        }
        manifest = null;
        Files.deleteIfExists(folder.exit());
        folder.renewLease();
        Files.writeString(manifest().script(), SCRIPT, StandardCharsets.UTF_8);
        ask(objects -> {
            KubernetesReport before = objects.report();
            if (!same(before)) {
                cluster.check(spec);
                objects.end(() -> report(objects.manifest()));
                Files.deleteIfExists(folder.end());
                folder.write(creating(), written());
                objects.create();
            }
            return before;
        });
        folder.write(folder.job(), written());
        Files.deleteIfExists(creating());
    }

    private String written() throws IOException {
        KubeflowRuntime runtime = manifest().runtime();
        return "%s/%s%s\n"
                .formatted(
                        manifest().namespace(),
                        manifest().name(),
                        runtime == null ? "" : " %s/%s".formatted(runtime.kind(), runtime.name()));
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
        if (record().isEmpty() && !cluster.namespaces().contains(manifest().namespace())) {
            return; // without a record, no job of Septet is in a namespace that is not allowed
        }
        ask(objects -> {
            objects.end(() -> report(objects.manifest()));
            return objects;
        });
    }

    private void report(KubernetesManifest ends) {
        progress.accept("waiting until Kubernetes ends %s %s".formatted(ends.kind(), ends.name()));
    }

    @Override
    public Duration pause() {
        Duration third = trainer.orphan().dividedBy(3);
        return PAUSE.compareTo(third) < 0 ? PAUSE : third;
    }

    @Override
    public int gpus() {
        return spec.nodes() * spec.gpus();
    }

    private KubernetesManifest manifest() throws IOException {
        KubernetesManifest known = manifest;
        if (known == null) {
            Optional<Matcher> record = record();
            known = KubernetesManifest.of(
                    folder,
                    trainer,
                    cluster.complete(spec, recorded().orElse(null)),
                    cluster,
                    record.isPresent() ? runtime(record.get()) : cluster.runtime());
            manifest = known;
        }
        return known;
    }

    /** The script's note that the cluster started its container or its pod a second time. */
    private Path again() {
        return folder.root().resolve("again");
    }

    /** Where and of which kind a job may exist, of which nobody knows whether it was created. */
    private Path creating() {
        return folder.root().resolve("creating");
    }

    private Optional<Matcher> record() throws IOException {
        Optional<String> job = folder.read(folder.job());
        return (job.isPresent() ? job : folder.read(creating()))
                .map(RECORD::matcher)
                .filter(Matcher::matches);
    }

    /** The namespace of the job that exists. The operator's list may have another order now. */
    private Optional<String> recorded() throws IOException {
        return record().map(record -> record.group("namespace"));
    }

    /** The runtime of the TrainJob that exists, which may not be declared any more; null = a Job exists. */
    private static @Nullable KubeflowRuntime runtime(Matcher record) {
        String kind = record.group("kind");
        return kind == null ? null : new KubeflowRuntime(kind, record.group("runtime"));
    }

    /** Whether the job is in a namespace that the operator does not allow any more, so it must end. */
    private boolean moved() throws IOException {
        return recorded()
                .filter(namespace -> !cluster.namespaces().contains(namespace))
                .isPresent();
    }

    private <R> R ask(Requests<R> requests) throws IOException {
        return ask(requests, why -> {
            throw TrainerProblems.failed(spec, why);
        });
    }

    /**
     * Sends requests to the cluster.
     *
     * @param unavailable the answer, from the reason, while the cluster cannot be asked but may still run the job
     */
    private <R> R ask(Requests<R> requests, Function<String, R> unavailable) throws IOException {
        try (KubernetesClient client = cluster.client()) {
            return requests.send(new KubernetesObjects(client, manifest()));
        } catch (NoCredentialsException missing) {
            String why = String.valueOf(missing.getMessage());
            if (Files.exists(folder.job())) {
                return unavailable.apply(why);
            }
            throw TrainerProblems.denied(spec, why);
        } catch (KubernetesClientException e) {
            if (KubernetesCluster.unavailable(e) && Files.exists(folder.job())) {
                return unavailable.apply(KubernetesCluster.why(e));
            }
            throw problem(e);
        }
    }

    /** The exception itself stays out: it may have what was sent. */
    private StageProblem problem(KubernetesClientException e) {
        String why = KubernetesCluster.why(e);
        return e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                        && !KubernetesCluster.unavailable(e)
                        && !why.contains(KubernetesReport.FULL_QUOTA)
                ? TrainerProblems.denied(spec, why)
                : TrainerProblems.failed(spec, why);
    }
}
