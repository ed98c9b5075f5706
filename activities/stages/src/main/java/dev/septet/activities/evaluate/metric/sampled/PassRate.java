package dev.septet.activities.evaluate.metric.sampled;

import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Mean over the rows of an unbiased estimate from n sampled answers, c of which pass:
 *
 * <ul>
 *   <li>{@code passAt}: at least one of k answers passes, 1 - C(n - c, k) / C(n, k);
 *   <li>{@code passAll}: all of k answers pass, C(c, k) / C(n, k).
 * </ul>
 *
 * @see <a href="https://arxiv.org/abs/2107.03374">Chen et al., 2021, for pass@k</a>
 * @see <a href="https://arxiv.org/abs/2406.12045">Yao et al., 2024, for pass^k</a>
 */
public abstract class PassRate implements Metric {
    private final String name;
    private final @Nullable MetricArguments arguments;

    PassRate(String name, @Nullable MetricArguments arguments) {
        this.name = name;
        this.arguments = arguments;
    }

    /** The estimate of one row. */
    abstract double estimate(int samples, int passed, int k);

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final boolean lowerIsBetter() {
        return false;
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
        MetricArguments given = arguments;
        return given == null
                ? AnswerNeeds.NONE
                : AnswerNeeds.samples(
                        Objects.requireNonNull(given.samples()), Objects.requireNonNull(given.temperature()));
    }

    @Override
    public final Optional<Misfit> misfit(List<String> references) {
        return arguments == null ? Optional.empty() : criterion(arguments).misfit(references);
    }

    @Override
    public final double[] tally(Outcome outcome) {
        MetricArguments given = arguments;
        AnswerFacts facts = outcome.facts();
        List<String> drawn = facts == null ? null : facts.samples();
        if (given == null || drawn == null) {
            return new double[] {Double.NaN, 1};
        }
        int count = Objects.requireNonNull(given.samples());
        if (drawn.size() < count) {
            return new double[] {Double.NaN, 1};
        }
        Metric criterion = criterion(given);
        int passed = 0;
        for (String answer : drawn.subList(0, count)) {
            passed += criterion.tally(outcome.answering(answer))[0] == 1 ? 1 : 0;
        }
        return new double[] {estimate(count, passed, Objects.requireNonNull(given.k())), 1};
    }

    @Override
    public final double score(double[] sums) {
        return sums[0] / sums[1];
    }

    private static Metric criterion(MetricArguments given) {
        return Metrics.named(Objects.requireNonNull(given.by()));
    }

    /** C(from, k) / C(n, k), as a product of k factors. */
    static double choices(int from, int n, int k) {
        double ratio = 1;
        for (int at = 0; at < k; at++) {
            ratio *= Math.max(0, from - at) / (double) (n - at);
        }
        return ratio;
    }

    /** At least one of k answers passes. */
    public static final class AtLeastOne extends PassRate {
        /** Needs arguments. */
        public AtLeastOne() {
            this(null);
        }

        private AtLeastOne(@Nullable MetricArguments arguments) {
            super("passAt", arguments);
        }

        @Override
        public Metric with(MetricArguments given) {
            return new AtLeastOne(given);
        }

        @Override
        double estimate(int samples, int passed, int k) {
            return 1 - choices(samples - passed, samples, k);
        }
    }

    /** All of k answers pass. */
    public static final class All extends PassRate {
        /** Needs arguments. */
        public All() {
            this(null);
        }

        private All(@Nullable MetricArguments arguments) {
            super("passAll", arguments);
        }

        @Override
        public Metric with(MetricArguments given) {
            return new All(given);
        }

        @Override
        double estimate(int samples, int passed, int k) {
            return choices(passed, samples, k);
        }
    }
}
