package dev.septet.activities.evaluate.check;

import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.dsl.pipeline.evaluate.ContaminationSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs the checks that a pipeline file declares.
 *
 * @param dataset folder of the prepared dataset
 * @param sets all sets of the exam; the test split is the first
 * @param validation the validation rows; null when there are none
 */
public record ExamChecks(ExamChecksSpec spec, Path dataset, List<ExamSet> sets, @Nullable ExamSet validation) {
    public ExamChecks {
        sets = List.copyOf(sets);
    }

    /** Runs them in a fixed order. */
    public CheckFindings run(CheckedModels models, Bootstrap bootstrap) throws IOException {
        CheckFindings findings = CheckFindings.NONE;
        ContaminationSpec contamination = spec.contamination();
        if (contamination != null) {
            findings = findings.and(
                    new ContaminationCheck(contamination, dataset, bootstrap).run(sets, validation, models));
        }
        return findings;
    }
}
