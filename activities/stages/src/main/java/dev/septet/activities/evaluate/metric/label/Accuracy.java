package dev.septet.activities.evaluate.metric.label;

import dev.septet.activities.evaluate.metric.MeanOfRows;

/** Fraction of answers whose label is that of the reference, see {@link Labels}. */
public final class Accuracy extends MeanOfRows {
    @Override
    public String name() {
        return "accuracy";
    }

    @Override
    protected double row(String reference, String answer) {
        return Labels.of(reference).equals(Labels.of(answer)) ? 1 : 0;
    }
}
