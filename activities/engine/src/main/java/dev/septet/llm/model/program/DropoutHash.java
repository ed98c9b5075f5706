package dev.septet.llm.model.program;

import java.util.Map;

/**
 * Constants of the hash that decides which elements dropout drops. They are signed because
 * TorchScript's integers are signed.
 */
final class DropoutHash {
    private static final int BITS = 24;

    static final Map<String, String> CONSTANTS = Map.of(
            "golden", Long.toString(0x9e3779b97f4a7c15L),
            "sitestep", Long.toString(0xd1b54a32d192ed03L),
            "mix1", Long.toString(0xbf58476d1ce4e5b9L),
            "mix2", Long.toString(0x94d049bb133111ebL),
            "low34", Long.toString((1L << 34) - 1),
            "low37", Long.toString((1L << 37) - 1),
            "low24", Long.toString((1L << BITS) - 1));

    private DropoutHash() {}

    /** An element is dropped when its hash of {@value #BITS} bits is below this threshold. */
    static long threshold(double probability) {
        return Math.round(probability * (1L << BITS));
    }
}
