package dev.septet.activities.evaluate.metric.judged;

import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Share of the sampled rows where people prefer the tuned model's answer; a tie counts half. */
public final class HumanWinRate extends JudgedMetric {
    /** Needs arguments. */
    public HumanWinRate() {
        this(0);
    }

    private HumanWinRate(double unmeasured) {
        super("humanWinRate", unmeasured);
    }

    @Override
    public Metric with(MetricArguments arguments) {
        return new HumanWinRate(Objects.requireNonNull(arguments.votes()).unmeasured());
    }

    /** People vote on a sample. A row outside of it is not a row without a vote. */
    @Override
    public boolean covers(Outcome outcome) {
        AnswerFacts facts = outcome.facts();
        return facts != null && facts.humanWinRate() != null;
    }

    @Override
    @Nullable
    Double verdict(AnswerFacts facts) {
        return facts.humanWinRate();
    }
}
