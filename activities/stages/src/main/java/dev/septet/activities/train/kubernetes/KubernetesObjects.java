package dev.septet.activities.train.kubernetes;

import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.activities.train.outside.TrainerProblems;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.ScalableResource;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one run in a cluster: its job, the pods of the job, and the service of several pods.
 *
 * @param margin how much longer than the trainer's times the cluster may need
 */
record KubernetesObjects(KubernetesClient client, KubernetesManifest manifest, Duration margin) {
    private static final Duration MARGIN = Duration.ofSeconds(75);

    /** Label: the set of jobs of a TrainJob, which has its name. */
    private static final String JOB_SET = "jobset.sigs.k8s.io/jobset-name";

    KubernetesObjects(KubernetesClient client, KubernetesManifest manifest) {
        this(client, manifest, MARGIN);
    }

    KubernetesReport report() {
        Job job = job();
        List<Pod> pods = client.pods()
                .inNamespace(manifest.namespace())
                .withLabels(manifest.labels())
                .list()
                .getItems();
        return new KubernetesReport(job != null && ours(job) ? job : null, pods, List.of(), manifest.runtime() != null);
    }

    private @Nullable Job job() {
        if (manifest.runtime() == null) {
            return jobs().withName(manifest.name()).get();
        }
        GenericKubernetesResource found = trainJobs().withName(manifest.name()).get();
        return found == null ? null : KubeflowTrainJob.reported(found);
    }

    private NonNamespaceOperation<Job, JobList, ScalableResource<Job>> jobs() {
        return client.batch().v1().jobs().inNamespace(manifest.namespace());
    }

    private NonNamespaceOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            trainJobs() {
        return client.genericKubernetesResources(KubeflowRuntime.context(KubeflowTrainJob.KIND))
                .inNamespace(manifest.namespace());
    }

    /** Adds what the cluster says about a job without pods, or about a pod that does not start. */
    KubernetesReport withEvents(KubernetesReport report) {
        Optional<String> object = report.unexplained();
        if (object.isEmpty()) {
            return report;
        }
        try {
            List<Event> events = new ArrayList<>(events(object.get()));
            if (report.pods().isEmpty() && report.restarts()) {
                for (Job child :
                        jobs().withLabel(JOB_SET, manifest.name()).list().getItems()) {
                    events.addAll(events(child.getMetadata().getUid()));
                }
            }
            events.sort(Comparator.comparing(event -> Objects.requireNonNullElse(event.getLastTimestamp(), "")));
            return new KubernetesReport(report.job(), report.pods(), events, report.restarts());
        } catch (KubernetesClientException forbidden) {
            return report;
        }
    }

    /** Events of an object by its UID: objects of earlier attempts had the same name. */
    private List<Event> events(String uid) {
        return client.v1()
                .events()
                .inNamespace(manifest.namespace())
                .withField("involvedObject.uid", uid)
                .list()
                .getItems();
    }

    /** Creates the job, or finds the one that another attempt of this run created. */
    void create() {
        KubeflowRuntime runtime = manifest.runtime();
        if (runtime != null) {
            KubeflowTrainJob job = new KubeflowTrainJob(manifest, runtime, runtime.job(client, manifest.spec()));
            created(trainJobs().resource(job.resource()));
            return;
        }
        Service service = manifest.spec().nodes() > 1 ? created(client.resource(manifest.service())) : null;
        Job job = created(client.resource(manifest.job()));
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
    private <T extends HasMetadata> T created(Resource<T> resource) {
        T object = resource.item();
        try {
            // An older Kubeflow Trainer would ignore a field that it does not know, such as the run folder's volume.
            return manifest.runtime() == null
                    ? resource.create()
                    : resource.fieldValidation(Validation.STRICT).create();
        } catch (KubernetesClientException e) {
            if (e.getMessage() != null && e.getMessage().contains("strict decoding error")) {
                throw TrainerProblems.denied(
                        manifest.spec(),
                        KubernetesReport.text(
                                "the cluster's Kubeflow Trainer is not of version 2.3 or later",
                                e.getStatus().getMessage()));
            }
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            T there = resource.get();
            if (there == null || there.getMetadata().getDeletionTimestamp() != null) {
                throw TrainerProblems.failed(
                        manifest.spec(),
                        "%s %s is being deleted; the next attempt creates it"
                                .formatted(
                                        object.getKind(), object.getMetadata().getName()));
            }
            if (!ours(there)) {
                throw TrainerProblems.denied(
                        manifest.spec(),
                        "namespace %s already has a %s %s that this installation of Septet did not create; delete it, or use another namespace"
                                .formatted(
                                        manifest.namespace(),
                                        object.getKind(),
                                        object.getMetadata().getName()));
            }
            return there;
        }
    }

    private boolean ours(HasMetadata object) {
        return object.getMetadata().getLabels() != null
                && object.getMetadata()
                        .getLabels()
                        .entrySet()
                        .containsAll(manifest.labels().entrySet());
    }

    /**
     * Deletes the objects; returns when no pod runs.
     *
     * @param round is called in each round, and may throw; then the next attempt ends the job
     */
    void end(Runnable round) throws IOException {
        KubernetesReport report = report();
        String name = manifest.name();
        if (!report.gone()) {
            manifest.folder().write(manifest.folder().end(), ""); // also for a pod that the cluster does not reach
        }
        if (report.job() != null) {
            (manifest.runtime() == null ? jobs().withName(name) : trainJobs().withName(name))
                    .withPropagationPolicy(DeletionPropagation.FOREGROUND)
                    .delete();
        }
        long began = System.nanoTime();
        Duration ends = manifest.trainer().grace().plus(margin);
        Duration loses = ends.plus(manifest.trainer().orphan());
        while (!report.gone()) {
            round.run();
            long waited = System.nanoTime() - began;
            if (report.job() == null || waited > loses.toNanos()) {
                // Without a worker, a program that no cluster reaches has ended itself by now.
                delete(report.pods(), waited > loses.toNanos());
            }
            if (waited > loses.plus(margin).toNanos()) {
                throw TrainerProblems.failed(
                        manifest.spec(),
                        "Kubernetes did not end %1$s %2$s; see `kubectl --namespace %3$s describe %1$s %2$s`"
                                .formatted(manifest.kind(), name, manifest.namespace()));
            }
            for (int tenths = 0; tenths < 5; tenths++) {
                TrainerLauncher.sleep();
            }
            report = report();
        }
        if (manifest.spec().nodes() > 1 && manifest.runtime() == null) {
            var services = client.services().inNamespace(manifest.namespace()).withName(name);
            Service service = services.get();
            if (service != null && ours(service)) {
                services.delete();
            }
        }
    }

    /** Ends pods whose job is gone, or whose nodes do not answer. */
    private void delete(List<Pod> pods, boolean force) {
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
}
