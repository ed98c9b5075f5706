package dev.septet.workflows.artifact;

/** The links of the chain from one form of a model to the next, in their order. */
public enum ChainLink {
    /** Base model and trained weights, as training and evaluation left them. */
    ADAPTER("adapter"),
    /** The adapter merged into its base model. */
    MERGED("merged"),
    /** The merged model, quantized. */
    QUANTIZED("quantized"),
    /** The file on disk, read back. */
    FILE("file"),
    /** The model that answers requests. */
    ENDPOINT("endpoint");

    private final String word;

    ChainLink(String word) {
        this.word = word;
    }

    /** The link's name, for people. */
    public String word() {
        return word;
    }
}
