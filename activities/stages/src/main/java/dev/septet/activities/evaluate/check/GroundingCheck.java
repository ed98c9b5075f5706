package dev.septet.activities.evaluate.check;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.Limit;
import dev.septet.activities.evaluate.gate.RatioOfRows;
import dev.septet.activities.evaluate.gate.ScoredRows;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.evaluate.judge.SentenceVerdicts;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.report.FactSection;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.dsl.pipeline.deploy.FormExamPart;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.workflows.artifact.Score;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether the answers to the test split say what their contexts say, and whether sampled answers agree with them.
 *
 * @see <a href="https://aclanthology.org/2023.emnlp-main.557">Manakul et al., 2023: SelfCheckGPT</a>, for the samples
 */
final class GroundingCheck {
    /** Temperature of sampled answers. */
    static final double TEMPERATURE = 0.7;

    private static final String UNSUPPORTED = "unsupported sentences";
    private static final String CONSISTENCY = "self-consistency of answers";

    private final GroundingSpec spec;
    private final SentenceSupport support;
    private final Bootstrap bootstrap;

    GroundingCheck(GroundingSpec spec, SentenceSupport support, Bootstrap bootstrap) {
        this.spec = spec;
        this.support = support;
        this.bootstrap = bootstrap;
    }

    /**
     * What was found.
     *
     * @param sentences number of sentences with a name or a number
     * @param hallucinationRate share of the answers with a context that have an unsupported sentence
     * @param withoutContext rows without a context; they are left out
     * @param firstUnsupported places of the first rows with an unsupported sentence
     * @param entailment what judges say; null where there are none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Found(
            int sentences,
            int unsupported,
            RatioOfRows unsupportedRate,
            RatioOfRows hallucinationRate,
            int withoutContext,
            @Nullable RatioOfRows selfConsistency,
            List<String> firstUnsupported,
            Entailment.@Nullable Found entailment) {}

    CheckFindings run(ExamSet test, List<RowMeta> meta, int answerTokens, CheckedModels models) throws IOException {
        List<Outcome> answers = models.outcomes(CheckedModels.Which.TUNED, test, answerTokens);
        int rows = answers.size();
        double[] claims = new double[rows];
        double[] unsupported = new double[rows];
        double[] measured = new double[rows];
        double[] hallucinated = new double[rows];
        int without = 0;
        boolean missing = false;
        List<String> places = new ArrayList<>();
        JudgeSpec judges = spec.judge();
        Entailment entailment = judges == null ? null : new Entailment(spec, judges, rows);
        for (int row = 0; row < rows; row++) {
            RowMeta columns = row < meta.size() ? meta.get(row) : RowMeta.NONE;
            Optional<String> context = ContextText.of(spec, test.rows().get(row), columns);
            String answer = answers.get(row).answer();
            missing |= answer == null;
            if (context.isEmpty() || answer == null) {
                without += context.isEmpty() ? 1 : 0;
                continue;
            }
            List<Entailment.Sentence> sentences = new ArrayList<>();
            for (String sentence : SentenceSupport.sentences(answer)) {
                SentenceSupport.Support found = support.of(sentence, context.get());
                sentences.add(new Entailment.Sentence(sentence, found));
                claims[row] += found == SentenceSupport.Support.NO_CLAIM ? 0 : 1;
                unsupported[row] += found == SentenceSupport.Support.UNSUPPORTED ? 1 : 0;
            }
            if (entailment != null) {
                entailment.add(row, test.rows().get(row), context.get(), answer, sentences);
            }
            measured[row] = 1;
            if (unsupported[row] > 0) {
                hallucinated[row] = 1;
                places.add(test.rows().get(row).place().toString());
            }
        }
        if (missing) {
            measured = new double[rows]; // a model that has diverged has no answers, and that is a no
            claims = new double[rows];
        }
        RatioOfRows rate = RatioOfRows.of(unsupported, claims, bootstrap);
        RatioOfRows hallucinations = RatioOfRows.of(hallucinated, measured, bootstrap);
        List<ScoredRows> scored = new ArrayList<>();
        scored.add(ScoredRows.ratioOfBad(UNSUPPORTED, FormExamPart.GROUNDING.word(), unsupported, claims));
        RatioOfRows consistency = null;
        if (spec.samples() != null) {
            double[] similar = consistency(test, answers, answerTokens, models);
            consistency = RatioOfRows.mean(similar, bootstrap);
            scored.add(ScoredRows.mean(CONSISTENCY, FormExamPart.GROUNDING.word(), similar));
        }
        Entailment.Judged judged =
                entailment == null ? null : missing ? entailment.none(bootstrap) : entailment.judged(models, bootstrap);
        if (judged != null) {
            scored.add(judged.rows());
        }
        return findings(rate, hallucinations, consistency, judged, sum(claims), sum(unsupported), without, places)
                .of(scored);
    }

    private CheckFindings findings(
            RatioOfRows rate,
            RatioOfRows hallucinations,
            @Nullable RatioOfRows consistency,
            Entailment.@Nullable Judged judged,
            int claims,
            int unsupported,
            int without,
            List<String> places) {
        List<Score> scores = new ArrayList<>();
        Map<String, Interval> intervals = new TreeMap<>();
        // Who asks only for the self-consistency may have answers without names and numbers, such as labels.
        // With judges, such answers are measured by them.
        if (rate.rows() > 0 || (judged == null && (spec.maxUnsupported() != null || consistency == null))) {
            scores.add(Limit.most(
                            "the share of sentences that the context does not support",
                            spec.maxUnsupported(),
                            "maxUnsupported")
                    .sample(
                            UNSUPPORTED,
                            null,
                            rate.value(),
                            rate.interval(),
                            rate.rows(),
                            String.format(
                                    Locale.ROOT,
                                    "no answer has a name or a number, or no row has a context (%,d rows have none); correct `grounding`, or remove it",
                                    without)));
            intervals.put(UNSUPPORTED, rate.interval());
        }
        if (judged != null) {
            scores.add(judged.score(without));
            intervals.put(
                    SentenceVerdicts.SCORE, judged.found().notEntailedRate().interval());
        }
        List<SummaryLine> facts = new ArrayList<>();
        facts.add(new SummaryLine(
                "unsupported sentences",
                String.format(
                        Locale.ROOT, "%,d of %,d with a name or a number (%s)", unsupported, claims, words(rate))));
        facts.add(new SummaryLine("answers with an unsupported sentence (hallucination rate)", words(hallucinations)));
        if (judged != null) {
            facts.addAll(judged.facts());
        }
        if (consistency != null) {
            scores.add(Limit.least("the self-consistency of sampled answers", spec.minConsistency(), "minConsistency")
                    .sample(
                            CONSISTENCY,
                            null,
                            consistency.value(),
                            consistency.interval(),
                            consistency.rows(),
                            "the model gives no answers"));
            intervals.put(CONSISTENCY, consistency.interval());
            facts.add(new SummaryLine("self-consistency", words(consistency)));
        }
        facts.add(new SummaryLine("rows without a context", Integer.toString(without)));
        Found found = new Found(
                claims,
                unsupported,
                rate,
                hallucinations,
                without,
                consistency,
                places.stream().limit(5).toList(),
                judged == null ? null : judged.found());
        JudgeReport report = judged == null ? null : judged.report();
        return new CheckFindings(
                        scores,
                        intervals,
                        Map.of("grounding", found),
                        List.of(new FactSection("grounding", "Grounding", facts)))
                .judged(report == null ? List.of() : List.of(report));
    }

    /** How similar the samples of each row are to its answer, on average. */
    private double[] consistency(ExamSet test, List<Outcome> answers, int answerTokens, CheckedModels models)
            throws IOException {
        double[] sums = new double[answers.size()];
        int samples = spec.samples() == null ? 0 : spec.samples();
        for (int sample = 0; sample < samples; sample++) {
            List<@Nullable String> drawn = models.sampled(test, answerTokens, sample, TEMPERATURE);
            for (int row = 0; row < sums.length; row++) {
                String answer = answers.get(row).answer();
                String other = drawn.get(row);
                sums[row] += answer == null || other == null ? Double.NaN : CommonWords.f1(answer, other) / samples;
            }
        }
        return sums;
    }

    private static int sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return (int) sum;
    }

    static String words(RatioOfRows ratio) {
        return "%s, 95 %% interval %s".formatted(Figures.of(ratio.value()), Figures.of(ratio.interval()));
    }
}
