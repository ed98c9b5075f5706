package dev.septet.activities.deploy;

import dev.septet.activities.deploy.AliasHistory.Target;
import dev.septet.activities.deploy.publication.Targets;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.serving.Endpoint;
import dev.septet.activities.serving.Endpoints;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.S3Spec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Finds before training the reasons for which publication would fail after it: the target's tools
 * cannot use the model, the operator does not allow the bucket server, or the place holds other files
 * or belongs to another pipeline. It writes nothing.
 */
public final class TargetCheck {
    private final DeclaredTargets declared;
    private final TargetPlaces places;
    private final Owners owners;
    private final Hosted hosted;

    /** Says which pipelines' folders are on this machine. */
    @FunctionalInterface
    public interface Hosted {
        /** Whether this machine publishes the pipeline's folders. */
        boolean isLocal(String pipeline) throws IOException;
    }

    /**
     * For a worker.
     *
     * @param environment environment variables of the worker, with the access keys of buckets and
     *     the allowed servers
     * @param served whether the catalogue has a pipeline: other pipelines no longer own folders and
     *     ports
     * @param hosted which pipelines' folders are on this machine; other folders are not checked
     */
    public TargetCheck(
            ArtifactStore store,
            PipelineFiles files,
            Map<String, String> environment,
            Predicate<String> served,
            Hosted hosted) {
        this.declared = new DeclaredTargets(files);
        this.places = new TargetPlaces(new Disk(), environment);
        this.owners = new Owners(new Aliases(store, places), new Endpoints(store), served);
        this.hosted = hosted;
    }

    /**
     * Checks that a model with this base model can be published to its targets, as far as this is
     * known before training.
     *
     * @param model folder of the base model in Hugging Face layout: the trained model has the same
     *     chat template and tokenizer
     * @throws dev.septet.activities.attempt.StageProblem INVALID_PIPELINE or POLICY_DENIED, naming
     *     the target and what to do
     */
    public void check(RunRef run, DeploySpec deploy, Path model) throws IOException {
        checkModel(deploy, model);
        if (!publishesHere(run, deploy)) {
            return;
        }
        List<Target> targets = declared.of(run, deploy);
        owners.check(run.pipeline(), targets, Endpoint.of(deploy.targets()));
        for (Target target : targets) {
            places.open(target).refuseForeign();
        }
    }

    /**
     * The same check with this machine's knowledge only: reads no bucket and no record of the
     * store.
     */
    public void checkLocally(RunRef run, DeploySpec deploy, Path model) throws IOException {
        checkModel(deploy, model);
        if (!publishesHere(run, deploy)) {
            return;
        }
        for (Target target : declared.of(run, deploy)) {
            if (S3Address.names(target.folder())) {
                places.requireAllowed(target);
            } else {
                places.open(target).refuseForeign();
            }
        }
    }

    private static void checkModel(DeploySpec deploy, Path model) throws IOException {
        for (TargetSpec target : deploy.targets()) {
            if (!(target instanceof HttpSpec)) {
                Targets.of(target).check(model);
            }
        }
    }

    /**
     * Whether this machine can check the targets: a bucket is the same from every machine, a folder
     * is not.
     */
    private boolean publishesHere(RunRef run, DeploySpec deploy) throws IOException {
        boolean anywhere = deploy.targets().stream().allMatch(S3Spec.class::isInstance);
        return anywhere || hosted.isLocal(run.pipeline());
    }
}
