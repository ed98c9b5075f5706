package dev.septet.activities.guard;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.deploy.ExportedGuards;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.safety.FoundGuard;
import dev.septet.activities.evaluate.safety.GuardModels;
import dev.septet.activities.evaluate.safety.GuardVerdict;
import dev.septet.activities.evaluate.safety.GuardedExchange;
import dev.septet.activities.evaluate.safety.SafetyGuard;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.ServingGuardSpec;
import dev.septet.dsl.pipeline.deploy.ServingGuardSpec.Side;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the guards that {@code deploy} declares, and stores them with the version that they guard.
 *
 * @param models finds guards as {@code safety} does
 */
public record GuardPublisher(GuardModels models) implements ExportedGuards {
    private static final String BLOCK = "deploy";

    /** As this process's environment says. */
    public static GuardPublisher ofProcess(PipelineFiles files) {
        return new GuardPublisher(GuardModels.ofProcess(files));
    }

    /** With these models and services. */
    public static GuardPublisher of(BaseModelFiles models, ModelEndpoints endpoints) {
        return new GuardPublisher(new GuardModels(models, endpoints));
    }

    /**
     * Finds the guard and checks its declaration; null when the deployment has none.
     *
     * @throws StageProblem INVALID_PIPELINE when its format or a category is not known
     */
    public @Nullable FoundGuard find(RunRef run, @Nullable DeploySpec deploy, Consumer<Progress> progress)
            throws IOException {
        ServingGuardSpec spec = deploy == null ? null : deploy.guard();
        if (spec == null) {
            return null;
        }
        FoundGuard found = models.find(BLOCK, run, spec.judge(), progress);
        List<String> known = found.format().categories();
        for (String category : spec.categories()) {
            if (!known.isEmpty() && !known.contains(category)) {
                throw StageProblem.invalid("deploy: guard: categories: this guard has no category '%s'; it has %s"
                        .formatted(category, String.join(", ", known)));
            }
        }
        return found;
    }

    /** As {@link #find}, but null where this machine does not know the endpoint of the guard. */
    public @Nullable FoundGuard findHere(RunRef run, @Nullable DeploySpec deploy, Consumer<Progress> progress)
            throws IOException {
        return elsewhere(deploy) ? null : find(run, deploy, progress);
    }

    /**
     * Bytes of a guard's weights in a model server, which computes in float32; null without a guard, and for one of a
     * service.
     */
    public static @Nullable Long memory(@Nullable FoundGuard found) {
        Path folder = found == null ? null : found.folder();
        return folder == null ? null : (Long) (ModelFolder.open(folder).parameters() * Float.BYTES);
    }

    @Override
    public @Nullable String digest(RunRef run, @Nullable DeploySpec deploy) throws IOException {
        FoundGuard found = find(run, deploy, progress -> {});
        return found == null ? null : found.digest();
    }

    private boolean elsewhere(@Nullable DeploySpec deploy) {
        ServingGuardSpec spec = deploy == null ? null : deploy.guard();
        return spec != null
                && spec.judge().model().endpoint() != null
                && !models.endpoints().declared();
    }

    @Override
    public void publish(RunRef run, DeploySpec deploy, ArtifactStore store, Fence fence, Path export)
            throws IOException {
        FoundGuard found = find(run, deploy, progress -> {});
        ServingGuardSpec spec = deploy.guard();
        if (found == null || spec == null) {
            return;
        }
        Path folder = found.folder();
        ArtifactRef files =
                folder == null ? null : store.put(ModelFolder.open(folder).all(), fence);
        PublishedGuard published = PublishedGuard.of(spec, found, files);
        requireVerdicts(published, published.verified(store, models.endpoints()));
        published.write(export);
    }

    private void requireVerdicts(PublishedGuard published, FoundGuard found) {
        try (SafetyGuard guard = GuardModels.open(BLOCK, models.endpoints(), found, ComputePrecision.FLOAT32)) {
            List<GuardVerdict> verdicts = guard.judge(examples(published.spec()));
            for (GuardVerdict verdict : verdicts) {
                if (verdict.problem() != null) {
                    throw StageProblem.invalid(
                            "deploy: guard: '%s' gives no verdict about a short example: %s; check that the model is a guard and that `style:` is its style"
                                    .formatted(published.spec().judge().model().name(), verdict.problem()));
                }
            }
        }
    }

    /** Harmless examples of what the guard will judge. */
    public static List<GuardedExchange> examples(ServingGuardSpec spec) {
        List<GuardedExchange> examples = new ArrayList<>();
        if (spec.judges(Side.INPUT)) {
            examples.add(GuardedExchange.ofPrompt("Where is the library?"));
        }
        if (spec.judges(Side.OUTPUT)) {
            examples.add(new GuardedExchange("Where is the library?", "It is near the station."));
        }
        return examples;
    }
}
