package dev.septet.activities.evaluate.metric.text;

import dev.septet.activities.evaluate.metric.MeanOfRows;

/** Fraction of answers whose normal form by SQuAD's rules is that of the reference, see {@link SquadText}. */
public final class SquadExactMatch extends MeanOfRows {
    @Override
    public String name() {
        return "squadExactMatch";
    }

    @Override
    protected double row(String reference, String answer) {
        return SquadText.words(reference).equals(SquadText.words(answer)) ? 1 : 0;
    }
}
