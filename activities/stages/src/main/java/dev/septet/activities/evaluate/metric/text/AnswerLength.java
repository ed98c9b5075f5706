package dev.septet.activities.evaluate.metric.text;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;

/**
 * Mean number of characters (code points) of an answer. A smaller score counts as better, so a comparison of two models
 * reports longer answers as worse.
 */
public final class AnswerLength implements Metric {
    @Override
    public String name() {
        return "answerLength";
    }

    @Override
    public boolean lowerIsBetter() {
        return true;
    }

    @Override
    public boolean readsAnswer() {
        return true;
    }

    @Override
    public double[] tally(Outcome outcome) {
        String answer = outcome.answer();
        return new double[] {answer == null ? Double.NaN : answer.codePointCount(0, answer.length()), 1};
    }

    @Override
    public double score(double[] sums) {
        return sums[0] / sums[1];
    }
}
