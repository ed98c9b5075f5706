package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A base model, verified and pinned.
 *
 * @param artifact folder in Hugging Face layout
 * @param architecture as in its {@code config.json}, such as {@code LlamaForCausalLM}
 * @param licence id from its model card, {@code unknown} when the card has none
 * @param trainable parameters that the chosen method trains
 * @param memoryBytes estimated peak memory of training
 * @param choice why it is the base model; null when the file names one model
 */
public record ModelRef(
        ArtifactRef artifact,
        String architecture,
        long parameters,
        int layers,
        String licence,
        long trainable,
        long memoryBytes,
        Origin origin,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ModelChoice choice)
        implements HasOrigin {
    /** The only model of a file. */
    public ModelRef(
            ArtifactRef artifact,
            String architecture,
            long parameters,
            int layers,
            String licence,
            long trainable,
            long memoryBytes,
            Origin origin) {
        this(artifact, architecture, parameters, layers, licence, trainable, memoryBytes, origin, null);
    }

    /** The same model, chosen from several. */
    public ModelRef with(@Nullable ModelChoice made) {
        return new ModelRef(artifact, architecture, parameters, layers, licence, trainable, memoryBytes, origin, made);
    }
}
