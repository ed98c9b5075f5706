package dev.septet.activities.evaluate.metric.label;

import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;

/**
 * A score of the model's confidence in its answers. The confidence is the probability that the model gives to its whole
 * greedy answer, with the token that ends it. An answer is correct when it equals the reference, without white space at the
 * ends. Long answers have small probabilities, so these scores say most about short answers, such as labels.
 */
abstract class Confidence implements Metric {
    @Override
    public final boolean lowerIsBetter() {
        return true;
    }

    @Override
    public final boolean readsAnswer() {
        return true;
    }

    @Override
    public final boolean readsTextOnly() {
        return false;
    }

    @Override
    public final AnswerNeeds needs() {
        return AnswerNeeds.CONFIDENCE;
    }

    @Override
    public final double[] tally(Outcome outcome) {
        String answer = outcome.answer();
        AnswerFacts facts = outcome.facts();
        Double confidence = facts == null ? null : facts.confidence();
        if (answer == null || confidence == null || !(confidence >= 0 && confidence <= 1)) {
            return tally(Double.NaN, 0);
        }
        return tally(confidence, answer.strip().equals(outcome.reference().strip()) ? 1 : 0);
    }

    /**
     * A row's tally.
     *
     * @param confidence from 0 to 1; NaN when it was not measured, which makes the score NaN
     * @param correct 1 or 0
     */
    abstract double[] tally(double confidence, double correct);
}
