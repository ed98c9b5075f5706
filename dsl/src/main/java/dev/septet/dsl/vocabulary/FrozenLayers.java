package dev.septet.dsl.vocabulary;

/** When layers compute that are not trained. */
public enum FrozenLayers {
    /** Once for each row; what they put out is kept: 4 bytes times hidden size for each token. */
    ONCE,
    /** In every step: slower, and nothing is kept. */
    EVERY_STEP
}
