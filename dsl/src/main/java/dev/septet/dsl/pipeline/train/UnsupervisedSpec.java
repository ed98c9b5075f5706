package dev.septet.dsl.pipeline.train;

import dev.septet.dsl.pipeline.prepare.DatasetFormat;

/** Language modelling: makes all tokens of plain text more likely. */
public record UnsupervisedSpec() implements ObjectiveSpec {
    @Override
    public boolean learns(DatasetFormat format) {
        return format == DatasetFormat.TEXT;
    }

    @Override
    public String learned() {
        return "unsupervised learns plain text";
    }

    @Override
    public String words() {
        return "unsupervised";
    }
}
