package dev.septet.activities.evaluate.check;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Equivalence;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.Limit;
import dev.septet.activities.evaluate.gate.Measurement;
import dev.septet.activities.evaluate.gate.RatioOfRows;
import dev.septet.activities.evaluate.gate.ScoredRows;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.report.FactSection;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.prepare.augment.TermSwap;
import dev.septet.activities.prepare.check.RowTexts;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.deploy.FormExamPart;
import dev.septet.dsl.pipeline.evaluate.FairnessSpec;
import dev.septet.workflows.artifact.Score;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether the model treats people alike: each test row with a term in its prompt is asked again with the terms swapped. The
 * row's expected answer is swapped too.
 *
 * @see <a href="https://arxiv.org/abs/1809.10610">Garg et al., 2019: Counterfactual fairness in text classification</a>
 */
final class FairnessCheck {
    private static final String FLIPS = "fairness flips";
    private static final String NO_ROW =
            "no test row has a term in its prompt; add terms that the rows have, or remove `fairness`";

    private final FairnessSpec spec;
    private final TermSwap terms;
    private final List<Metric> metrics;
    private final Bootstrap bootstrap;

    /**
     * @param metrics those that are measured on the test split
     */
    FairnessCheck(FairnessSpec spec, TermSwap terms, List<Metric> metrics, Bootstrap bootstrap) {
        this.spec = spec;
        this.terms = terms;
        this.metrics = List.copyOf(metrics);
        this.bootstrap = bootstrap;
    }

    /**
     * What was found.
     *
     * @param rows rows with a term, which were asked again
     * @param unclear rows with a term of two pairs, or with such a term in an answer; they are left out
     * @param flipped rows with another answer
     * @param firstFlips places of the first of them
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Found(
            int rows,
            long unclear,
            int flipped,
            double flipRate,
            Interval interval,
            Map<String, Gap> gaps,
            List<String> firstFlips) {}

    /** A metric on the rows with a term, before and after they were swapped, and the interval of the difference. */
    record Gap(double unchanged, double swapped, Interval difference) {}

    CheckFindings run(ExamSet test, int answerTokens, CheckedModels models) throws IOException {
        List<Row> unchanged = new ArrayList<>();
        List<Row> swapped = new ArrayList<>();
        for (Row row : test.rows()) {
            Optional<Row> other = terms.swapped(row);
            if (other.isPresent()
                    && !RowTexts.of(other.get())
                            .question()
                            .equals(RowTexts.of(row).question())) {
                unchanged.add(row);
                swapped.add(other.get());
            }
        }
        long unclear = terms.counts().unclear();
        List<Outcome> before = List.of();
        List<Outcome> after = List.of();
        if (!unchanged.isEmpty()) {
            before = models.outcomes(
                    CheckedModels.Which.TUNED,
                    new ExamSet("", unchanged, digest(unchanged), test.cutAfter()),
                    answerTokens);
            after = models.outcomes(
                    CheckedModels.Which.TUNED,
                    new ExamSet("", swapped, digest(swapped), test.cutAfter()),
                    answerTokens);
        }
        List<String> places = new ArrayList<>();
        List<Double> flips = new ArrayList<>();
        double[] flipped = new double[after.size()];
        double[] clear = new double[after.size()];
        for (int at = 0; at < after.size(); at++) {
            Set<String> asked = terms.pairsIn(RowTexts.of(unchanged.get(at)).question());
            Optional<Boolean> flip =
                    flips(before.get(at).answer(), after.get(at).answer(), asked);
            flip.ifPresent(other -> flips.add(other ? 1.0 : 0.0));
            clear[at] = flip.isPresent() ? 1 : 0;
            flipped[at] = flip.orElse(false) ? 1 : 0;
            unclear += flip.isEmpty() ? 1 : 0;
            if (flip.orElse(false)) {
                places.add(unchanged.get(at).place().toString());
            }
        }
        RatioOfRows rate =
                RatioOfRows.mean(flips.stream().mapToDouble(Double::doubleValue).toArray(), bootstrap);
        List<Score> scores = new ArrayList<>();
        Map<String, Interval> intervals = new TreeMap<>();
        scores.add(Limit.most("the share of answers that flip with swapped terms", spec.maxFlip(), "maxFlip")
                .sample(FLIPS, null, rate.value(), rate.interval(), rate.rows(), NO_ROW));
        intervals.put(FLIPS, rate.interval());
        List<ScoredRows> rows = new ArrayList<>();
        rows.add(ScoredRows.ratioOfBad(FLIPS, FormExamPart.FAIRNESS.word(), flipped, clear));
        Map<String, Gap> gaps = new TreeMap<>();
        List<SummaryLine> facts = new ArrayList<>();
        facts.add(new SummaryLine(
                "answers that flip",
                String.format(
                        Locale.ROOT,
                        "%,d of %,d rows with a term (%s, 95 %% interval %s)",
                        places.size(),
                        rate.rows(),
                        Figures.of(rate.value()),
                        Figures.of(rate.interval()))));
        for (Metric metric : metrics) {
            Measurement measured = Measurement.of(metric, before, after, bootstrap);
            String name = "fairness gap of " + metric.name();
            Score score = Equivalence.judge(name, measured, spec.maxGap(), NO_ROW);
            scores.add(score);
            intervals.put(name, measured.interval());
            rows.add(ScoredRows.of(name, FormExamPart.FAIRNESS.word(), metric, after));
            Double first = measured.before();
            Interval delta = measured.delta();
            if (first != null && delta != null) {
                gaps.put(metric.name(), new Gap(first, measured.after(), delta));
                facts.add(new SummaryLine(
                        metric.name(),
                        "%s unchanged, %s swapped (95 %% interval of the difference %s)"
                                .formatted(Figures.of(first), Figures.of(measured.after()), Figures.of(delta))));
            }
        }
        facts.add(
                new SummaryLine("rows that are left out, because a term has two counterparts", Long.toString(unclear)));
        Found found = new Found(
                unchanged.size(),
                unclear,
                places.size(),
                rate.value(),
                rate.interval(),
                gaps,
                places.stream().limit(5).toList());
        return new CheckFindings(
                        scores,
                        intervals,
                        Map.of("fairness", found),
                        List.of(new FactSection("fairness", "Fairness", facts)))
                .of(rows);
    }

    /** Digest of the texts: the swapped ones depend on the file of pairs. */
    private static String digest(List<Row> rows) {
        StringBuilder all = new StringBuilder();
        for (Row row : rows) {
            RowTexts.all(row)
                    .forEach(text ->
                            all.append(text.length()).append(':').append(text).append('\n'));
        }
        return Sha256.of(all.toString());
    }

    /**
     * Whether the answer is another one; empty when its terms cannot be swapped back. All terms of the answer are swapped
     * back, or only those of the prompt: a question about a name may have the same pronoun in both answers. An answer that
     * is missing, because the model diverged, counts as a flip.
     */
    private Optional<Boolean> flips(@Nullable String before, @Nullable String after, Set<String> asked) {
        if (before == null || after == null) {
            return Optional.of(true);
        }
        Optional<String> all = terms.swapped(after, null);
        Optional<String> some = terms.swapped(after, asked);
        return all.isEmpty() || some.isEmpty()
                ? Optional.empty()
                : Optional.of(!plain(all.get()).equals(plain(before))
                        && !plain(some.get()).equals(plain(before)));
    }

    private static String plain(String answer) {
        return answer.strip().replaceAll("\\s+", " ");
    }
}
