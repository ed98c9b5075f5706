package dev.septet.activities.evaluate.metric.judged;

import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import org.jspecify.annotations.Nullable;

/** Share of rows where judges prefer the tuned model's answer; a tie counts half. */
public final class WinRate extends JudgedMetric {
    /** Needs arguments. */
    public WinRate() {
        this(null);
    }

    private WinRate(@Nullable MetricArguments arguments) {
        super("winRate", arguments);
    }

    @Override
    public Metric with(MetricArguments arguments) {
        return new WinRate(arguments);
    }

    @Override
    @Nullable
    Double verdict(AnswerFacts facts) {
        return facts.winRate();
    }
}
