package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The deployable forms of a trained model.
 *
 * @param artifact folder with {@code model/} (merged, safetensors), {@code model-f16.gguf}, one GGUF such as
 *     {@code model-q8_0.gguf} per quantized format, {@code adapter/} when there is one, {@code chain.json}
 * @param mergeError largest absolute logit difference between base + adapter and merged
 * @param quantizeError largest absolute error of a weight after quantization
 * @param chain proof of every link up to the files
 * @param seal proof that this run exported it; null in older histories
 * @param answers folder with the model's own answers, with which those of a running server are compared; null = no
 *     target registers the model with one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ExportRef(
        ArtifactRef artifact,
        double mergeError,
        @Nullable Double quantizeError,
        ChainReport chain,
        Origin origin,
        @Nullable String seal,
        @Nullable ArtifactRef answers) {
    @SuppressWarnings("NullAway") // lenient reader: a property absent in JSON is null here
    public ExportRef {
        chain = chain == null ? ChainReport.EMPTY : chain;
    }

    /** An export without a seal. */
    public ExportRef(
            ArtifactRef artifact, double mergeError, @Nullable Double quantizeError, ChainReport chain, Origin origin) {
        this(artifact, mergeError, quantizeError, chain, origin, null, null);
    }

    /** The same export with the model's own answers. */
    public ExportRef with(ArtifactRef own) {
        return new ExportRef(artifact, mergeError, quantizeError, chain, origin, seal, own);
    }

    /** The same export with its seal. */
    public ExportRef sealed(String by) {
        return new ExportRef(artifact, mergeError, quantizeError, chain, origin, by, answers);
    }
}
