package dev.septet.dsl.pipeline.train;

import dev.septet.dsl.pipeline.prepare.DatasetFormat;

/** The answers' tokens become likelier; what stands before them is given. */
public record SupervisedSpec() implements ObjectiveSpec {
    @Override
    public boolean learns(DatasetFormat format) {
        return format != DatasetFormat.TEXT && format != DatasetFormat.PREFERENCE;
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
