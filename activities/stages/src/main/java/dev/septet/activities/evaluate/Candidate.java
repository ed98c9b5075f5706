package dev.septet.activities.evaluate;

import dev.septet.activities.train.EnginePlan;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.workflows.artifact.ArtifactRef;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A model to evaluate, identified by its bytes.
 *
 * @param name for progress: {@code base model}, {@code tuned model}
 * @param folder whole model in Hugging Face layout
 * @param digest digest of that folder's artifact
 * @param adapter PEFT adapter of the model, null for none
 * @param adapterDigest digest of the adapter's artifact
 * @param precision the precision that the pipeline file sets
 */
public record Candidate(
        String name,
        Path folder,
        String digest,
        @Nullable Path adapter,
        @Nullable String adapterDigest,
        Precision precision) {
    static Candidate whole(String name, Path folder, ArtifactRef ref, Precision precision) {
        return new Candidate(name, folder, ref.sha256(), null, null, precision);
    }

    /** The precision that this worker computes in; it may not support bf16. */
    dev.septet.llm.model.config.ComputePrecision computed() {
        return EnginePlan.precision(precision);
    }

    Candidate with(String name, Path adapter, ArtifactRef ref) {
        return new Candidate(name, folder, digest, adapter, ref.sha256(), precision);
    }
}
