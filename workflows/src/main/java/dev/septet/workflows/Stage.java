package dev.septet.workflows;

/** The seven stages, in their order. */
public enum Stage {
    PREPARE,
    INITIALIZE,
    SETUP,
    TRAIN,
    EVALUATE,
    DEPLOY,
    MONITOR;

    /** The stage's block in the language. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
