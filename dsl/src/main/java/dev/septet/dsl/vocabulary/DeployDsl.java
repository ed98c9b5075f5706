package dev.septet.dsl.vocabulary;

import dev.septet.dsl.spec.DeploySpec;
import dev.septet.dsl.spec.DirectorySpec;
import dev.septet.dsl.spec.OllamaSpec;
import dev.septet.dsl.spec.TargetSpec;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Deployment: in which form the model is published, and where. */
public final class DeployDsl extends StageDsl {
    private DeploySpec.@Nullable Quantization quantize;
    private final List<TargetSpec> targets = new ArrayList<>();

    DeployDsl() {
        super(DeploySpec.DEFAULT_POLICY);
    }

    /** A smaller number format for the served file, beside full precision. */
    @Example("quantize int8")
    public void quantize(DeploySpec.Quantization format) {
        quantize = format;
    }

    /** Where the model is published. */
    @Required
    @Many
    @Example("target directory('models/tuned')")
    public void target(TargetSpec target) {
        Refusal.unless(
                targets.stream().noneMatch(t -> t.path().equals(target.path())),
                "another target already writes to '%s'",
                target.path());
        targets.add(target);
    }

    /** A folder of versions; {@code current} in it always names the newest good one. */
    @Example("directory('models/tuned')")
    public TargetSpec directory(
            @PathTo(PathTo.Place.OUTPUT) @Example("'models/tuned'") String path) {
        return new DirectorySpec(path);
    }

    /** A folder with a Modelfile, ready for {@code ollama create}. */
    @Example("ollama('tuned', directory: 'models/ollama')")
    public TargetSpec ollama(
            @Example("'tuned'") String model,
            @Named @PathTo(PathTo.Place.OUTPUT) @Example("'models/ollama'") String directory) {
        return new OllamaSpec(model, directory);
    }

    DeploySpec spec() {
        return new DeploySpec(quantize, targets, policy());
    }
}
