package dev.septet.activities.evaluate.check;

import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.Limit;
import dev.septet.activities.evaluate.gate.RatioOfRows;
import dev.septet.activities.evaluate.gate.ScoredRows;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.report.FactSection;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.dsl.pipeline.deploy.FormExamPart;
import dev.septet.dsl.pipeline.evaluate.UnanswerableSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Whether the model abstains on questions that it cannot answer, and how often it abstains on the test split. */
final class AbstentionCheck {
    private static final String ABSTENTION = "abstention on unanswerable questions";

    private final UnanswerableSpec spec;
    private final Bootstrap bootstrap;

    AbstentionCheck(UnanswerableSpec spec, Bootstrap bootstrap) {
        this.spec = spec;
        this.bootstrap = bootstrap;
    }

    /**
     * What was found.
     *
     * @param abstained share of the unanswerable questions on which the model abstains
     * @param onTestSplit the same share on the test split, where it should answer; NaN for plain text
     * @param firstAnswered places of the first unanswerable questions that it answers
     */
    record Found(int rows, RatioOfRows abstained, RatioOfRows onTestSplit, List<String> firstAnswered) {}

    CheckFindings run(ExamSet unanswerable, ExamSet test, int answerTokens, CheckedModels models) throws IOException {
        Abstention phrases = new Abstention(spec.phrases());
        List<String> places = new ArrayList<>();
        List<Outcome> answers = models.outcomes(CheckedModels.Which.TUNED, unanswerable, answerTokens);
        double[] abstains = abstains(answers, phrases);
        for (int row = 0; row < abstains.length; row++) {
            if (abstains[row] == 0) {
                places.add(unanswerable.rows().get(row).place().toString());
            }
        }
        RatioOfRows rate = RatioOfRows.mean(abstains, bootstrap);
        boolean texts = test.rows().stream().anyMatch(row -> row.reference().isEmpty());
        RatioOfRows usual = RatioOfRows.mean(
                texts
                        ? new double[0]
                        : abstains(models.outcomes(CheckedModels.Which.TUNED, test, answerTokens), phrases),
                bootstrap);
        return new CheckFindings(
                        List.of(Limit.least(
                                        "the share of unanswerable questions on which the model abstains",
                                        spec.minAbstain(),
                                        "minAbstain")
                                .sample(
                                        ABSTENTION,
                                        null,
                                        rate.value(),
                                        rate.interval(),
                                        rate.rows(),
                                        "the model gives no answers")),
                        Map.of(ABSTENTION, rate.interval()),
                        Map.of(
                                "unanswerable",
                                new Found(
                                        abstains.length,
                                        rate,
                                        usual,
                                        places.stream().limit(5).toList())),
                        List.of(new FactSection(
                                "unanswerable",
                                "Unanswerable questions",
                                List.of(
                                        new SummaryLine("abstains", words(rate)),
                                        new SummaryLine(
                                                "abstains on the test split, where it should answer", words(usual))))))
                .of(List.of(ScoredRows.mean(ABSTENTION, FormExamPart.UNANSWERABLE.word(), abstains)));
    }

    private static double[] abstains(List<Outcome> answers, Abstention phrases) {
        return answers.stream()
                .mapToDouble(outcome -> {
                    String answer = outcome.answer();
                    return answer == null ? Double.NaN : phrases.in(answer) ? 1 : 0;
                })
                .toArray();
    }

    private static String words(RatioOfRows ratio) {
        return String.format(
                Locale.ROOT,
                "%s of %,d, 95 %% interval %s",
                Figures.of(ratio.value()),
                ratio.rows(),
                Figures.of(ratio.interval()));
    }
}
