package dev.septet.activities.evaluate.metric.judged;

import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import org.jspecify.annotations.Nullable;

/** Mean of the scores that judges give to the answers. */
public final class JudgeScore extends JudgedMetric {
    /** Needs arguments. */
    public JudgeScore() {
        this(null);
    }

    private JudgeScore(@Nullable MetricArguments arguments) {
        super("judge", arguments);
    }

    @Override
    public Metric with(MetricArguments arguments) {
        return new JudgeScore(arguments);
    }

    @Override
    @Nullable
    Double verdict(AnswerFacts facts) {
        return facts.judge();
    }
}
