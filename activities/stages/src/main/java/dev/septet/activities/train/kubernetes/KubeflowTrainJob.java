package dev.septet.activities.train.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The TrainJob of a run: the same pod as that of a Job, as a patch of a runtime.
 *
 * @param job name of the runtime's job that trains
 * @see <a href="https://github.com/kubeflow/trainer/blob/v2.3.0/pkg/apis/trainer/v1alpha1/trainjob_types.go">The fields
 *     of a TrainJob</a>
 */
record KubeflowTrainJob(KubernetesManifest manifest, KubeflowRuntime runtime, String job) {
    static final String KIND = "TrainJob";
    static final KubernetesSerialization JSON = new KubernetesSerialization();

    /** Who owns the patches of the runtime. */
    private static final String MANAGER = "septet.dev/worker";

    /** A TrainJob has no field for the working folder. */
    private static final String IN_FOLDER = "[ -f \"$2\" ] || exit 127; cd \"$1\" || exit 72; shift; exec bash \"$@\"";

    private static final String TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount";

    GenericKubernetesResource resource() {
        KubernetesSpec spec = manifest.spec();
        PodSpec pod = manifest.pod("%1$s-%2$s-0-0.%1$s".formatted(manifest.name(), job));
        Container container = pod.getContainers().get(0);
        ObjectNode body = SpecJson.mapper().createObjectNode();
        body.putObject("runtimeRef")
                .put("apiGroup", KubeflowRuntime.GROUP)
                .put("kind", runtime.kind())
                .put("name", runtime.name());
        ObjectNode trainer = body.putObject("trainer").put("image", container.getImage());
        trainer.putArray("command").add("bash").add("-c");
        ArrayNode arguments = trainer.putArray("args")
                .add(KubernetesManifest.literal(IN_FOLDER))
                .add("septet-trainer")
                .add(container.getWorkingDir())
                .add(manifest.script().toString());
        container.getArgs().forEach(arguments::add);
        trainer.set("env", json(container.getEnv()));
        trainer.put("numNodes", spec.nodes());
        if (!container.getResources().getLimits().isEmpty()) {
            trainer.set("resourcesPerNode", json(container.getResources()));
        }
        Duration time = spec.time();
        if (time != null) {
            body.put("activeDeadlineSeconds", time.toSeconds());
        }
        ObjectNode patch = body.putArray("runtimePatches").addObject().put("manager", MANAGER);
        ObjectNode jobs = patch.putObject("trainingRuntimeSpec")
                .putObject("template")
                .putObject("spec")
                .putArray("replicatedJobs")
                .addObject()
                .put("name", job);
        ObjectNode template = jobs.putObject("template").putObject("spec").putObject("template");
        template.putObject("metadata").set("labels", json(manifest.labels()));
        template.set("spec", patch(pod));
        return new GenericKubernetesResourceBuilder()
                .withApiVersion("%s/%s".formatted(KubeflowRuntime.GROUP, KubeflowRuntime.VERSION))
                .withKind(KIND)
                .withMetadata(manifest.metadata())
                .addToAdditionalProperties("spec", JSON.convertValue(body, Map.class))
                .build();
    }

    /** The fields of a pod that a TrainJob may set. */
    private static ObjectNode patch(PodSpec pod) {
        Container container = pod.getContainers().get(0);
        List<Volume> volumes = new ArrayList<>(pod.getVolumes());
        List<VolumeMount> mounts = new ArrayList<>(container.getVolumeMounts());
        ObjectNode spec = SpecJson.mapper().createObjectNode();
        if (pod.getServiceAccountName() == null) {
            // A patch cannot switch off the account's token. The cluster mounts none where a container has a volume.
            volumes.add(new VolumeBuilder()
                    .withName("no-token")
                    .withNewEmptyDir()
                    .endEmptyDir()
                    .build());
            mounts.add(new VolumeMountBuilder()
                    .withName("no-token")
                    .withMountPath(TOKEN)
                    .withReadOnly(true)
                    .build());
        } else {
            spec.put("serviceAccountName", pod.getServiceAccountName());
        }
        spec.set("volumes", json(volumes));
        ObjectNode patched = spec.putArray("containers").addObject().put("name", KubeflowRuntime.CONTAINER);
        patched.set("volumeMounts", json(mounts));
        patched.set("securityContext", json(container.getSecurityContext()));
        spec.set("securityContext", json(pod.getSecurityContext()));
        if (!pod.getNodeSelector().isEmpty()) {
            spec.set("nodeSelector", json(pod.getNodeSelector()));
        }
        if (!pod.getTolerations().isEmpty()) {
            spec.set("tolerations", json(pod.getTolerations()));
        }
        return spec.put("terminationGracePeriodSeconds", pod.getTerminationGracePeriodSeconds());
    }

    private static JsonNode json(Object fields) {
        return JSON.convertValue(fields, JsonNode.class);
    }

    /** What a TrainJob reports, in the form of a Job: its metadata, its conditions, and whether it is suspended. */
    static Job reported(GenericKubernetesResource found) {
        JsonNode json = json(found);
        List<JobCondition> conditions = new ArrayList<>();
        for (JsonNode one : json.path("status").path("conditions")) {
            conditions.add(new JobConditionBuilder()
                    .withType(one.path("type").asText())
                    .withStatus(one.path("status").asText())
                    .withReason(one.path("reason").asText())
                    .withMessage(one.path("message").asText())
                    .build());
        }
        return new JobBuilder()
                .withMetadata(found.getMetadata())
                .withNewSpec()
                .withSuspend(json.path("spec").path("suspend").asBoolean())
                .endSpec()
                .withNewStatus()
                .withConditions(conditions)
                .endStatus()
                .build();
    }
}
