package dev.septet.dsl.spec;

import static dev.septet.dsl.spec.Checks.require;

/** Only the last layers of the decoder (and the final norm) are trained. */
public record PartialSpec(int lastLayers) implements MethodSpec {
    public PartialSpec {
        require(lastLayers >= 1, "layers must be at least 1, got %s", lastLayers);
    }
}
