package dev.septet.llm.model;

import dev.septet.llm.runtime.ScriptSource;

import java.util.Map;

/**
 * What programs with a backward pass written by hand share: norms and attention of a Llama's block
 * (the resource {@code sublayers.py}).
 */
public final class Sublayers {
    /** Longest row whose attention probabilities are kept; those of longer ones are made again. */
    public static final int SHORT_ROW = 512;

    private Sublayers() {}

    /** Its methods, to be joined to a program's. */
    static ScriptSource source(ModelConfig config, Precision precision) {
        return ScriptSource.read(
                Sublayers.class, "sublayers.py", "Sublayers", numbers(config, precision));
    }

    /** The model's numbers by the names of their places. */
    static Map<String, String> numbers(ModelConfig config, Precision precision) {
        return Map.of(
                "compute", Integer.toString(precision.type()),
                "perhidden", Double.toString(1.0 / config.hiddenSize()),
                "epsilon", Double.toString(config.normEpsilon()),
                "heads", Integer.toString(config.heads()),
                "kvheads", Integer.toString(config.keyValueHeads()),
                "group", Integer.toString(config.heads() / config.keyValueHeads()),
                "headsize", Integer.toString(config.headSize()),
                "halfsize", Integer.toString(config.headSize() / 2),
                "rootsize", Double.toString(1 / Math.sqrt(config.headSize())),
                "short", Integer.toString(SHORT_ROW));
    }
}
