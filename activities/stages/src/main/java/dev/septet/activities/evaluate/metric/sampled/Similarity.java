package dev.septet.activities.evaluate.metric.sampled;

import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import java.util.Objects;

/**
 * Mean over the rows of the similarity that the hidden states of one model give to the answer and the reference. The
 * evaluation measures it; see {@link AnswerFacts#similarity}.
 */
public final class Similarity implements Metric {
    private final int layer;

    /** Needs a layer. */
    public Similarity() {
        this(0);
    }

    private Similarity(int layer) {
        this.layer = layer;
    }

    @Override
    public String name() {
        return "similarity";
    }

    @Override
    public boolean lowerIsBetter() {
        return false;
    }

    @Override
    public boolean readsAnswer() {
        return true;
    }

    @Override
    public boolean readsTextOnly() {
        return false;
    }

    @Override
    public AnswerNeeds needs() {
        return layer == 0 ? AnswerNeeds.NONE : AnswerNeeds.layer(layer);
    }

    @Override
    public Metric with(MetricArguments arguments) {
        return new Similarity(Objects.requireNonNull(arguments.layer()));
    }

    @Override
    public double[] tally(Outcome outcome) {
        AnswerFacts facts = outcome.facts();
        Double similarity = facts == null || outcome.answer() == null ? null : facts.similarity();
        return new double[] {similarity == null ? Double.NaN : similarity, 1};
    }

    @Override
    public double score(double[] sums) {
        return sums[0] / sums[1];
    }
}
