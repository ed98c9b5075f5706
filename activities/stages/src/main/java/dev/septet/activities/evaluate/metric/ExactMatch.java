package dev.septet.activities.evaluate.metric;

/** Share of answers that are the reference, character by character but for the space around. */
public final class ExactMatch extends MeanOfRows {
    @Override
    public String name() {
        return "exactMatch";
    }

    @Override
    double row(String reference, String answer) {
        return reference.strip().equals(answer.strip()) ? 1 : 0;
    }
}
