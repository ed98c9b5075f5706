package dev.septet.dsl.bind;

import dev.septet.dsl.pipeline.evaluate.ContaminationSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.vocabulary.PipelineDraft;

/** Checks the exam's checks against the rows that the pipeline prepares. */
final class ExamCheckRules {
    private final Problems problems;
    private final Places places;

    ExamCheckRules(Problems problems, Places places) {
        this.problems = problems;
        this.places = places;
    }

    void check(PipelineDraft draft) {
        draft.prepare()
                .ifPresent(prepare -> draft.evaluate().ifPresent(evaluate -> {
                    membership(prepare, evaluate);
                }));
    }

    /** The signal compares rows of the exam with validation rows. */
    private void membership(PrepareSpec prepare, EvaluateSpec evaluate) {
        ContaminationSpec contamination = evaluate.checksOrNone().contamination();
        boolean own = prepare.inputs().stream().anyMatch(source -> source.split() == SourceSpec.Part.VALIDATION);
        if (contamination != null
                && contamination.maxMembership() != null
                && prepare.split().validation() == 0
                && !own) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("evaluate.contamination.maxMembership", "evaluate.contamination"),
                    "`maxMembership:` compares the exam with validation rows, but the validation split is empty",
                    "Give `validation:` of `split` a share, such as 5.percent, or remove `maxMembership:`.");
        }
    }
}
