package dev.septet.activities.train.kubernetes;

import dev.septet.activities.store.IdFile;
import dev.septet.activities.store.Sha256;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a run in a Kubernetes cluster. They fulfil the pod security standard {@code restricted}, unless the
 * worker runs as root.
 *
 * @param spec with its image and its namespace
 * @param runtime of the TrainJob that is created instead of a Job; null = a Job is created
 * @param owner random id of the folder of run folders
 * @param user the worker's numeric user, whom the run folder belongs to
 * @param group the worker's numeric group
 */
record KubernetesManifest(
        TrainerFolder folder,
        OutsideTrainer trainer,
        KubernetesSpec spec,
        KubernetesCluster cluster,
        @Nullable KubeflowRuntime runtime,
        String owner,
        int user,
        int group) {
    static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    static final String JOB = "septet.dev/job";
    static final String OWNER = "septet.dev/owner";

    /** Annotation: digest of what else than its time limits makes a job another one. */
    static final String DECLARATION = "septet.dev/declaration";

    private static final String RUN = "septet.dev/run";
    private static final String GPU = "nvidia.com/gpu";
    private static final int LONGEST_NAME = 40;

    /** The name of a TrainJob is part of longer names of its pods. */
    private static final int LONGEST_TRAIN_JOB = 24;

    private static final int DIGITS = 8;

    /** The script's work after SIGKILL to the program. */
    private static final Duration END = Duration.ofSeconds(15);

    /** How long the cluster stores an ended job that no worker looks at. */
    private static final Duration STORED = Duration.ofDays(1);

    /** Of a run folder that exists. */
    static KubernetesManifest of(
            TrainerFolder folder,
            OutsideTrainer trainer,
            KubernetesSpec spec,
            KubernetesCluster cluster,
            @Nullable KubeflowRuntime runtime)
            throws IOException {
        return new KubernetesManifest(
                folder,
                trainer,
                spec,
                cluster,
                runtime,
                owner(folder),
                (Integer) Files.getAttribute(folder.root(), "unix:uid"),
                (Integer) Files.getAttribute(folder.root(), "unix:gid"));
    }

    /** A random id of the folder of run folders, which all workers of the cluster share. */
    private static String owner(TrainerFolder folder) throws IOException {
        return new IdFile(Objects.requireNonNull(folder.root().getParent()).resolve("owner.id")).id();
    }

    /** The same for each attempt of a run; a label of DNS. */
    String name() {
        String run = run();
        String plain = run.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        int longest = runtime == null ? LONGEST_NAME : LONGEST_TRAIN_JOB;
        String cut = plain.substring(0, Math.min(longest, plain.length())).replaceAll("^-+|-+$", "");
        return "septet-%s%s"
                .formatted(cut.isEmpty() ? "" : cut + "-", Sha256.of(run).substring(0, DIGITS));
    }

    private String run() {
        return folder.root().getFileName().toString();
    }

    /** What the cluster calls the job. */
    String kind() {
        return runtime == null ? "job" : KubeflowTrainJob.KIND;
    }

    String namespace() {
        return Objects.requireNonNull(spec.namespace());
    }

    /** The labels by which the job and its pods are found. */
    Map<String, String> labels() {
        return new TreeMap<>(Map.of(MANAGED_BY, "septet", JOB, name(), OWNER, owner));
    }

    /** The file of the script, which each pod runs. */
    Path script() {
        return folder.root().resolve("job.sh");
    }

    Job job() {
        return new JobBuilder()
                .withMetadata(metadata())
                .withNewSpec()
                .withBackoffLimit(0)
                .withCompletions(spec.nodes())
                .withParallelism(spec.nodes())
                .withCompletionMode(spec.nodes() > 1 ? "Indexed" : null)
                .withTtlSecondsAfterFinished((int) STORED.toSeconds())
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels())
                .endMetadata()
                .withSpec(pod("%1$s-0.%1$s".formatted(name())))
                .endTemplate()
                .endSpec()
                .build();
    }

    /** Gives the pods of a job with several of them names in DNS. */
    Service service() {
        return new ServiceBuilder()
                .withMetadata(metadata())
                .withNewSpec()
                .withClusterIP("None")
                .withPublishNotReadyAddresses(true)
                .withSelector(labels())
                .endSpec()
                .build();
    }

    ObjectMeta metadata() {
        return new ObjectMetaBuilder()
                .withName(name())
                .withNamespace(namespace())
                .withLabels(new TreeMap<>(cluster.labels()))
                .addToLabels(labels())
                .withAnnotations(new TreeMap<>(Map.of(RUN, run(), DECLARATION, declaration())))
                .build();
    }

    String declaration() {
        return Sha256.of(trainer.fingerprint());
    }

    /**
     * The pod of each node.
     *
     * @param first host name of the first pod, if there are several
     */
    PodSpec pod(String first) {
        Duration time = spec.time();
        return new PodSpecBuilder()
                .withRestartPolicy("Never")
                .withActiveDeadlineSeconds(time == null ? null : (Long) time.toSeconds())
                .withTerminationGracePeriodSeconds(trainer.grace().plus(END).toSeconds())
                .withEnableServiceLinks(false)
                .withSubdomain(spec.nodes() > 1 ? name() : null)
                .withServiceAccountName(cluster.serviceAccount())
                .withAutomountServiceAccountToken(cluster.serviceAccount() == null ? false : null)
                .withNodeSelector(cluster.nodeSelector())
                .withTolerations(cluster.tolerations())
                .withNewSecurityContext()
                .withRunAsUser((long) user)
                .withRunAsGroup((long) group)
                .withRunAsNonRoot(user == 0 ? null : true)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName("trainer")
                .withImage(spec.image())
                .withCommand("bash", script().toString())
                .withArgs(arguments(spec.nodes() > 1 ? first : "localhost"))
                .withWorkingDir(trainer.workingFolder(folder).toString())
                .withEnv(environment())
                .withResources(resources())
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .addNewVolumeMount()
                .withName("run")
                .withMountPath(folder.root().toString())
                .withSubPath(cluster.folder().isEmpty() ? run() : cluster.folder() + "/" + run())
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("shared-memory")
                .withMountPath("/dev/shm")
                .endVolumeMount()
                .endContainer()
                .addNewVolume()
                .withName("run")
                .withNewPersistentVolumeClaim()
                .withClaimName(cluster.claim())
                .endPersistentVolumeClaim()
                .endVolume()
                // Data loaders and NCCL need more than the 64 MB of a container.
                .addNewVolume()
                .withName("shared-memory")
                .withNewEmptyDir()
                .withMedium("Memory")
                .endEmptyDir()
                .endVolume()
                .build();
    }

    private List<String> arguments(String first) {
        return Stream.concat(
                        Stream.of(
                                folder.root().toString(),
                                Long.toString(trainer.grace().toSeconds()),
                                Long.toString(trainer.orphan().toSeconds()),
                                Integer.toString(spec.nodes()),
                                first),
                        trainer.command().stream())
                .map(KubernetesManifest::literal)
                .toList();
    }

    private List<EnvVar> environment() {
        Map<String, String> all = new TreeMap<>(trainer.environment());
        all.putIfAbsent("HOME", "/tmp"); // the image knows no home of the worker's user
        List<EnvVar> variables = new ArrayList<>();
        all.forEach((name, value) -> variables.add(new EnvVar(name, literal(value), null)));
        return variables;
    }

    /** Kubernetes replaces {@code $(NAME)} by a variable. */
    static String literal(String text) {
        return text.replace("$", "$$");
    }

    private ResourceRequirements resources() {
        Map<String, Quantity> same = new TreeMap<>();
        Integer cpus = spec.cpus();
        if (cpus != null) {
            same.put("cpu", new Quantity(cpus.toString()));
        }
        Long memory = spec.memoryBytes();
        if (memory != null) {
            same.put("memory", new Quantity(memory.toString()));
        }
        if (spec.gpus() > 0) {
            same.put(GPU, new Quantity(Integer.toString(spec.gpus())));
        }
        return new ResourceRequirementsBuilder()
                .withRequests(same)
                .withLimits(same)
                .build();
    }
}
