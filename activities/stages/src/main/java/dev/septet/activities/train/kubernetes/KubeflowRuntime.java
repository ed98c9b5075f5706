package dev.septet.activities.train.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.train.outside.TrainerProblems;
import dev.septet.dsl.pipeline.backend.KubernetesSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A runtime of Kubeflow Trainer, as the operator declares it for the jobs of a cluster.
 *
 * @param kind {@link #SHARED}, or {@link #OWN} in each of the namespaces
 */
record KubeflowRuntime(String kind, String name) {
    static final String VERSION = "v1alpha1";
    static final String GROUP = "trainer.kubeflow.org";

    /** The cluster's runtime for all namespaces. */
    static final String SHARED = "ClusterTrainingRuntime";

    /** A runtime of one namespace. */
    static final String OWN = "TrainingRuntime";

    /** The container whose program a TrainJob sets. */
    static final String CONTAINER = "node";

    private static final String ANCESTOR = "trainer.kubeflow.org/trainjob-ancestor-step";
    private static final String NAME = "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?";

    /** Reads {@code trainJob:} of the operator's file. */
    static KubeflowRuntime of(OperatorFile reader, JsonNode json) {
        String at = "kubernetes: trainJob";
        reader.object(json, at, "runtime", "kind");
        String name = reader.text(json, at, "runtime");
        if (name == null || !name.matches(NAME)) {
            throw reader.wrong(at, "runtime", "the name of a runtime such as torch-distributed");
        }
        String kind = Objects.requireNonNullElse(reader.text(json, at, "kind"), SHARED);
        if (!List.of(SHARED, OWN).contains(kind)) {
            throw reader.wrong(at, "kind", "%s or %s".formatted(SHARED, OWN));
        }
        return new KubeflowRuntime(kind, name);
    }

    /** How requests name a kind of Kubeflow Trainer. */
    static ResourceDefinitionContext context(String kind) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(GROUP)
                .withVersion(VERSION)
                .withKind(kind)
                .withPlural(kind.toLowerCase(Locale.ROOT) + "s")
                .withNamespaced(!kind.equals(SHARED))
                .build();
    }

    /**
     * The name of the runtime's job that trains.
     *
     * @param spec with its namespace
     * @throws StageProblem POLICY_DENIED when there is no such runtime, or one that needs more than a trainer
     */
    String job(KubernetesClient client, KubernetesSpec spec) {
        var all = client.genericKubernetesResources(context(kind));
        GenericKubernetesResource found = kind.equals(SHARED)
                ? all.withName(name).get()
                : all.inNamespace(spec.namespace()).withName(name).get();
        if (found == null) {
            throw TrainerProblems.denied(
                    spec,
                    client.supports("%s/%s".formatted(GROUP, VERSION), kind)
                            ? "the cluster has no %s; correct `trainJob:` of the operator's file, or create it"
                                    .formatted(written(spec))
                            : "the cluster has no Kubeflow Trainer (%s/%s); install it, or remove `trainJob:` from the operator's file"
                                    .formatted(GROUP, VERSION));
        }
        JsonNode template = KubeflowTrainJob.JSON
                .convertValue(found, JsonNode.class)
                .path("spec")
                .path("template")
                .path("spec");
        JsonNode jobs = template.path("replicatedJobs");
        JsonNode job = jobs.path(0);
        JsonNode containers =
                job.path("template").path("spec").path("template").path("spec").path("containers");
        if (jobs.size() != 1
                || !job.path("template")
                        .path("metadata")
                        .path("labels")
                        .path(ANCESTOR)
                        .asText()
                        .equals("trainer")) {
            throw unusable(
                    spec,
                    "needs exactly one replicated job, with the label `%s: trainer`; Septet prepares data and model itself"
                            .formatted(ANCESTOR));
        } else if (containers.size() != 1
                || !containers.path(0).path("name").asText().equals(CONTAINER)) {
            throw unusable(spec, "needs exactly one container, with the name `%s`".formatted(CONTAINER));
        } else if (template.has("network")) {
            throw unusable(spec, "sets `network`, which Septet does not support");
        }
        return job.path("name").asText();
    }

    private StageProblem unusable(KubernetesSpec spec, String why) {
        return TrainerProblems.denied(
                spec, "%s %s; name another one in `trainJob:` of the operator's file".formatted(written(spec), why));
    }

    private String written(KubernetesSpec spec) {
        return kind.equals(SHARED)
                ? "%s %s".formatted(kind, name)
                : "%s %s in namespace %s".formatted(kind, name, spec.namespace());
    }
}
