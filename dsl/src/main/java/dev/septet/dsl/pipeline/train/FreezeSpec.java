package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

/** Decoder layers that training does not change; both ends included, counted from 0. */
public record FreezeSpec(int first, int last) {
    public FreezeSpec {
        require(first >= 0 && last >= first, "layers: must be a range such as 0..11");
    }
}
