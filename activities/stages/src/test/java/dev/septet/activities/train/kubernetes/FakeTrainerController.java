package dev.septet.activities.train.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays the controllers of Kubeflow Trainer and of JobSet: from a TrainJob and the runtime {@code torch-distributed}, it
 * creates the Job that the real ones create, and reports its end.
 */
final class FakeTrainerController implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FakeTrainerController.class);
    private static final String JOB_SET = "jobset.sigs.k8s.io/jobset-name";
    private static final KubernetesSerialization JSON = new KubernetesSerialization();

    private final KubernetesClient client;
    private final String namespace;
    private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor();
    private final Set<String> seen = new HashSet<>();
    private volatile boolean idle;

    FakeTrainerController(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
        var unused = rounds.scheduleWithFixedDelay(this::round, 0, 50, TimeUnit.MILLISECONDS);
    }

    /** From now on, no Jobs are created. */
    void idle() {
        idle = true;
    }

    /** Number of TrainJobs that were ever created. */
    synchronized int created() {
        return seen.size();
    }

    List<GenericKubernetesResource> trainJobs() {
        return client.genericKubernetesResources(KubeflowRuntime.context(KubeflowTrainJob.KIND))
                .inNamespace(namespace)
                .list()
                .getItems();
    }

    private synchronized void round() {
        try {
            Map<String, GenericKubernetesResource> all = new HashMap<>();
            trainJobs().forEach(job -> all.put(job.getMetadata().getName(), job));
            for (GenericKubernetesResource job : all.values()) {
                if (seen.add(job.getMetadata().getUid()) && !idle) {
                    create(job);
                }
            }
            for (Job job : client.batch()
                    .v1()
                    .jobs()
                    .inNamespace(namespace)
                    .withLabel(JOB_SET)
                    .list()
                    .getItems()) {
                GenericKubernetesResource its =
                        all.get(job.getMetadata().getLabels().get(JOB_SET));
                if (its == null) {
                    client.resource(job).delete();
                } else if (job.getStatus() != null
                        && !its.getAdditionalProperties().containsKey("status")) {
                    List<JobCondition> conditions = job.getStatus().getConditions();
                    report(its, conditions.get(conditions.size() - 1).getType()); // after FailureTarget and such
                }
            }
        } catch (KubernetesClientException deletedMeanwhile) {
            LOG.debug("a round of the controller ended early", deletedMeanwhile);
        } catch (RuntimeException e) {
            LOG.warn("a round of the controller failed", e);
        }
    }

    private void create(GenericKubernetesResource trainJob) {
        JsonNode spec = JSON.convertValue(trainJob, JsonNode.class).path("spec");
        JsonNode trainer = spec.path("trainer");
        JsonNode template = spec.at(
                "/runtimePatches/0/trainingRuntimeSpec/template/spec/replicatedJobs/0/template" + "/spec/template");
        PodSpec pod = JSON.convertValue(template.path("spec"), PodSpec.class);
        Container container = JSON.convertValue(trainer, Container.class);
        container.setName(KubeflowRuntime.CONTAINER);
        container.setVolumeMounts(pod.getContainers().get(0).getVolumeMounts());
        container.setSecurityContext(pod.getContainers().get(0).getSecurityContext());
        pod.setContainers(List.of(container));
        String name = trainJob.getMetadata().getName();
        client.resource(new JobBuilder()
                        .withNewMetadata()
                        .withName(name + "-node-0")
                        .withNamespace(namespace)
                        .addToLabels(JOB_SET, name)
                        .endMetadata()
                        .withNewSpec()
                        .withCompletions(trainer.path("numNodes").asInt())
                        .withParallelism(trainer.path("numNodes").asInt())
                        .withCompletionMode("Indexed")
                        .withNewTemplate()
                        .withNewMetadata()
                        .withLabels(labels(template))
                        .endMetadata()
                        .withSpec(pod)
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();
    }

    private static Map<String, String> labels(JsonNode template) {
        Map<String, String> labels = new HashMap<>();
        template.path("metadata")
                .path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return labels;
    }

    /** Adds a condition to a TrainJob. */
    void report(GenericKubernetesResource trainJob, String condition) {
        client.genericKubernetesResources(KubeflowRuntime.context(KubeflowTrainJob.KIND))
                .inNamespace(namespace)
                .withName(trainJob.getMetadata().getName())
                .edit(one -> new GenericKubernetesResourceBuilder(one)
                        .addToAdditionalProperties(
                                "status", Map.of("conditions", List.of(Map.of("type", condition, "status", "True"))))
                        .build());
    }

    @Override
    public void close() {
        rounds.shutdownNow();
    }
}
