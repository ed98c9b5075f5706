package dev.septet.activities.evaluate.form;

import dev.septet.activities.deploy.ExportedForm;
import dev.septet.activities.evaluate.EvaluationFindings;
import dev.septet.activities.evaluate.ExamRun;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.gate.ScoredRows;
import dev.septet.activities.evaluate.judge.JudgePanel;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.workflows.artifact.Score;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gives the forms of a model the exam of its evaluation. A form must pass by the evaluation's own rules, and each of its
 * scores is also compared with the unquantized model's, row by row. Prompts, seeds and precision are those of the evaluation,
 * so the unquantized model's answers are the stored ones. One form is in memory at a time.
 */
final class FormExam {
    /** Name of the unquantized model in progress reports and measured times. */
    static final String WHOLE = "tuned model";

    private final ExamRun run;
    private final DeploySpec margins;
    private final Candidate whole;
    private final Bootstrap bootstrap;
    private @Nullable EvaluationFindings reference;

    /**
     * @param run the exam
     * @param margins how much worse the forms may be
     * @param whole the tuned model, as the evaluation measured it
     * @param seed seed of the bootstrap
     */
    FormExam(ExamRun run, DeploySpec margins, Candidate whole, long seed) {
        this.run = run;
        this.margins = margins;
        this.whole = whole;
        this.bootstrap = new Bootstrap(seed);
    }

    /** The unquantized model's scores, which are those of the evaluation. */
    FormResult whole(long bytes, long weights) throws IOException {
        EvaluationFindings found = reference();
        List<FormScore> scores = new ArrayList<>();
        for (Score score : found.scores()) {
            ScoredRows rows = found.rows().get(score.metric());
            if (rows != null) { // a slice has no value of its own
                scores.add(FormScore.of(
                        withoutBefore(score), rows, found.intervals().get(score.metric()), null));
            }
        }
        String digest = whole.adapterDigest() == null ? whole.digest() : whole.adapterDigest();
        return new FormResult(
                FormsReport.MODEL,
                "model/",
                digest,
                bytes,
                8.0 * bytes / Math.max(1, weights),
                0.0,
                null,
                scores,
                found.judges());
    }

    /** The scores of a form. */
    FormResult of(ExportedForm form) throws IOException {
        EvaluationFindings unquantized = reference();
        FormResult known = FormResult.of(form);
        EvaluationFindings found = run.run(
                new Candidate(form.form(), form.read(), known.sha256(), null, null, whole.precision()), unquantized);
        List<FormScore> scores = new ArrayList<>();
        for (Score score : found.scores()) {
            ScoredRows rows = found.rows().get(score.metric());
            if (rows == null) {
                scores.add(FormScore.of(withoutBefore(score), null, null, null));
                continue;
            }
            ScoredRows before = Objects.requireNonNull(unquantized.rows().get(score.metric()));
            Double maxDrop = margins.maxDrop(form.format(), rows.on());
            scores.add(FormScore.of(
                    explained(Gate.ofForm(score, rows, before, maxDrop, bootstrap), found.judges()),
                    rows,
                    found.intervals().get(score.metric()),
                    maxDrop));
        }
        return known.with(scores, found.judges());
    }

    private EvaluationFindings reference() throws IOException {
        EvaluationFindings known = reference;
        if (known == null) {
            known = run.run();
            reference = known;
        }
        return known;
    }

    /** A score compares with the base model or the deployed one, which is not the value before quantization. */
    private static Score withoutBefore(Score score) {
        return new Score(score.metric(), null, score.after(), null, null, score.rows(), score.verdict(), score.why());
    }

    /** Says where verdicts of judges are missing because of the budget, and what to do. */
    private static Score explained(Score score, List<JudgeReport> judges) {
        long missing = judges.stream()
                .filter(report -> report.score().equals(score.metric()))
                .flatMap(report -> report.judges().stream())
                .mapToLong(judge -> judge.missing().getOrDefault(JudgePanel.BUDGET, 0))
                .sum();
        return missing == 0
                ? score
                : new Score(
                        score.metric(),
                        score.before(),
                        score.after(),
                        score.low(),
                        score.high(),
                        score.rows(),
                        score.verdict(),
                        String.format(
                                Locale.ROOT,
                                "%s The budget of its judges is for the evaluation and all forms, and what is left is too small for %d answers; give the metric a larger one.",
                                score.why(),
                                missing));
    }
}
