package dev.septet.workflows.artifact;

/** A hand-off of a model from one form to the next, in their order. */
public enum ChainLink {
    /** Base model and trained weights, as training and evaluation left them. */
    ADAPTER("adapter"),
    /** The adapter folded into its base model. */
    MERGED("merged"),
    /** The merged model in fewer bits. */
    QUANTIZED("quantized"),
    /** What lies on the disk, read back. */
    FILE("file"),
    /** What answers requests. */
    ENDPOINT("endpoint");

    private final String word;

    ChainLink(String word) {
        this.word = word;
    }

    /** As people read it. */
    public String word() {
        return word;
    }
}
