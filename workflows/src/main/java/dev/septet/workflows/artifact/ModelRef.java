package dev.septet.workflows.artifact;

/**
 * A base model, verified and pinned.
 *
 * @param artifact folder in Hugging Face layout
 * @param architecture as in its {@code config.json}, such as {@code LlamaForCausalLM}
 * @param licence id from its model card, {@code unknown} when the card has none
 * @param trainable parameters that the chosen method trains
 * @param memoryBytes estimated peak memory of training
 */
public record ModelRef(
        ArtifactRef artifact,
        String architecture,
        long parameters,
        int layers,
        String licence,
        long trainable,
        long memoryBytes,
        Origin origin)
        implements HasOrigin {}
