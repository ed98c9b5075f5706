package dev.septet.dsl.bind;

import dev.septet.dsl.pipeline.evaluate.ContaminationSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.UnanswerableSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
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
                    context(prepare, evaluate);
                    texts(prepare, evaluate);
                    apart(prepare, evaluate);
                    retrieval(prepare, evaluate);
                }));
    }

    /** The prepared test split has the fields of its format, and the columns that the file keeps. */
    private void context(PrepareSpec prepare, EvaluateSpec evaluate) {
        GroundingSpec grounding = evaluate.checksOrNone().grounding();
        if (grounding != null && grounding.context() != null && !prepare.keep().contains(grounding.context())) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("evaluate.grounding.context", "evaluate.grounding"),
                    "`grounding context: '%s'` needs this column of the test split, but `prepare` does not keep it"
                            .formatted(grounding.context()),
                    "Add `keep '%s'` to `prepare`.".formatted(grounding.context()));
        }
    }

    /** Plain text has no question, so it has no answer either. */
    private void texts(PrepareSpec prepare, EvaluateSpec evaluate) {
        ExamChecksSpec checks = evaluate.checksOrNone();
        boolean texts = prepare.inputs().stream().allMatch(source -> source.format() == DatasetFormat.TEXT);
        String word = checks.fairness() != null ? "fairness" : checks.grounding() != null ? "grounding" : null;
        if (texts && word != null) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("evaluate." + word),
                    "`%s` asks the model about the test rows, but rows of format text have no question".formatted(word),
                    "Remove `%s`, or use a dataset with prompts and answers.".formatted(word));
        }
    }

    /** A prompt with training rows needs a question, and whole rows. */
    private void retrieval(PrepareSpec prepare, EvaluateSpec evaluate) {
        if (evaluate.retrieval().isEmpty()) {
            return;
        }
        if (prepare.inputs().stream().allMatch(source -> source.format() == DatasetFormat.TEXT)) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("evaluate.compare"),
                    "`compare retrieval` asks the model about the test rows, but rows of format text have no question",
                    "Remove `compare retrieval`, or use a dataset with prompts and answers.");
        }
        if (prepare.longRows() == PrepareSpec.LongRows.TRUNCATE) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("evaluate.compare"),
                    "`compare retrieval` measures whole rows, but `longer: truncate` cuts rows",
                    "Write `longer: drop`, or remove `compare retrieval`.");
        }
    }

    private void apart(PrepareSpec prepare, EvaluateSpec evaluate) {
        UnanswerableSpec unanswerable = evaluate.checksOrNone().unanswerable();
        if (unanswerable != null
                && prepare.inputs().stream()
                        .anyMatch(source -> unanswerable.path().equals(source.path()))) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("evaluate.unanswerable"),
                    "the rows of `unanswerable` are also training rows: `prepare` reads '%s' too"
                            .formatted(unanswerable.path()),
                    "Name a file that `prepare` does not read.");
        }
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
