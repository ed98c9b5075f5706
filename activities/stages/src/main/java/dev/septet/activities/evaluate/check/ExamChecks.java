package dev.septet.activities.evaluate.check;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.dsl.pipeline.evaluate.ContaminationSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.FairnessSpec;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.UnanswerableSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs the checks that a pipeline file declares.
 *
 * @param dataset folder of the prepared dataset
 * @param sets all sets of the exam; the test split is the first
 * @param meta the columns beside each row of the test split; empty when nothing reads them
 * @param unanswerable questions without an answer; null when there are none
 * @param validation the validation rows; null when there are none
 * @param metrics those that are measured on the test split
 * @param answerTokens token limit of an answer
 */
public record ExamChecks(
        ExamChecksSpec spec,
        Path dataset,
        CheckFiles files,
        List<ExamSet> sets,
        List<RowMeta> meta,
        @Nullable ExamSet unanswerable,
        @Nullable ExamSet validation,
        List<Metric> metrics,
        int answerTokens) {
    public ExamChecks {
        sets = List.copyOf(sets);
        meta = List.copyOf(meta);
        metrics = List.copyOf(metrics);
    }

    /** Runs them in a fixed order. */
    public CheckFindings run(CheckedModels models, Bootstrap bootstrap) throws IOException {
        CheckFindings findings = CheckFindings.NONE;
        ContaminationSpec contamination = spec.contamination();
        if (contamination != null) {
            findings = findings.and(
                    new ContaminationCheck(contamination, dataset, bootstrap).run(sets, validation, models));
        }
        FairnessSpec fairness = spec.fairness();
        if (fairness != null) {
            requireAnswers("fairness");
            findings = findings.and(new FairnessCheck(fairness, files.terms(fairness), metrics, bootstrap)
                    .run(sets.get(0), answerTokens, models));
        }
        GroundingSpec grounding = spec.grounding();
        if (grounding != null) {
            requireAnswers("grounding");
            findings = findings.and(new GroundingCheck(grounding, new ClaimOverlap(), bootstrap)
                    .run(sets.get(0), meta, answerTokens, models));
        }
        UnanswerableSpec without = spec.unanswerable();
        if (without != null && unanswerable != null) {
            findings = findings.and(
                    new AbstentionCheck(without, bootstrap).run(unanswerable, sets.get(0), answerTokens, models));
        }
        return findings;
    }

    private void requireAnswers(String word) {
        sets.get(0).rows().stream()
                .filter(row -> row.reference().isEmpty())
                .findFirst()
                .ifPresent(text -> {
                    throw StageProblem.invalid(
                            "%s: is plain text, but `%s` asks the model about the test rows; remove `%s`, or use rows with answers"
                                    .formatted(text.place(), word, word));
                });
    }
}
