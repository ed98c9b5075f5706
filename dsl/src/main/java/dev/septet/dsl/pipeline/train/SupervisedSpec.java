package dev.septet.dsl.pipeline.train;

import dev.septet.dsl.pipeline.prepare.DatasetFormat;

/** Supervised fine-tuning: makes the tokens of the answers more likely. The tokens before them are not learned. */
public record SupervisedSpec() implements ObjectiveSpec {
    @Override
    public boolean learns(DatasetFormat format) {
        return format != DatasetFormat.TEXT && !format.pairs();
    }

    @Override
    public String learned() {
        return "supervised learns answers";
    }

    @Override
    public String words() {
        return "supervised";
    }
}
