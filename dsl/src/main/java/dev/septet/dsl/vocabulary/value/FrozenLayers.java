package dev.septet.dsl.vocabulary.value;

/** When the frozen layers are computed. */
public enum FrozenLayers {
    /** Once per row. The store caches their outputs: 4 bytes times the hidden size for each token. */
    ONCE,
    /** In every step. This is slower and caches nothing. */
    EVERY_STEP
}
