package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * How much of the base model's general skills a run may lose.
 *
 * @param suite path of a dataset of general skills, in any of the dataset formats
 * @param maxDrop largest accepted relative increase of the suite's loss: 0.05 = five percent
 */
public record ForgettingSpec(String suite, double maxDrop) {
    public ForgettingSpec {
        require(!suite.isBlank(), "forgetting suite: needs a path");
        require(maxDrop >= 0 && maxDrop <= 1, "maxDrop: must be from 0 to 100.percent");
    }
}
