package dev.septet.dsl.bind;

import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.LabelSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.vocabulary.PipelineDraft;
import java.util.Optional;

/** Checks the sets of test rows and their slices against the rows that the pipeline prepares. */
final class TestSetRules {
    private final Problems problems;
    private final Places places;

    TestSetRules(Problems problems, Places places) {
        this.problems = problems;
        this.places = places;
    }

    void check(PipelineDraft draft) {
        draft.evaluate().ifPresent(evaluate -> evaluate.tests().forEach(test -> format(evaluate.of(test), test)));
        draft.prepare()
                .ifPresent(prepare -> draft.evaluate().ifPresent(evaluate -> {
                    evaluate.slices().forEach(slice -> kept(prepare, slice));
                    evaluate.tests().forEach(test -> apart(prepare, test));
                }));
    }

    /** The prepared test split has the fields of its format, and the columns that the file keeps. */
    private void kept(PrepareSpec prepare, SliceSpec slice) {
        LabelSpec label = prepare.label();
        boolean labelled = label != null && label.field().equals(slice.by());
        if (slice.ofColumn() && !labelled && !prepare.keep().contains(slice.by())) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("evaluate.slices.by", "evaluate.slices"),
                    "`slices by: '%s'` needs this column of the test split, but `prepare` does not keep it"
                            .formatted(slice.by()),
                    "Add `keep '%s'` to `prepare`.".formatted(slice.by()));
        }
    }

    /** A file that trains and tests measures what the model remembers. */
    private void apart(PrepareSpec prepare, TestSetSpec test) {
        boolean trains = prepare.inputs().stream()
                .anyMatch(source -> test.path().equals(source.path()) && source.split() != SourceSpec.Part.TEST);
        if (trains) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("evaluate.test"),
                    "the rows of test '%s' are also training rows: `prepare` reads '%s' too"
                            .formatted(test.name(), test.path()),
                    "Name a file that `prepare` does not read, or leave the set out: `split` already has test rows.");
        }
    }

    private void format(EvaluateSpec measured, TestSetSpec test) {
        if (test.format() == DatasetFormat.TEXT) {
            Optional<String> reading = measured.metrics().stream()
                    .filter(MetricSpec::readsAnswer)
                    .map(metric -> "metric " + metric.name())
                    .findFirst()
                    .or(() -> measured.scores().stream()
                            .map(score -> "score '" + score.name() + "'")
                            .findFirst());
            reading.ifPresent(what -> problems.add(
                    ProblemId.CONFLICT,
                    places.first("evaluate.test.format", "evaluate.test"),
                    "`%s` reads answers, but the rows of test '%s' are plain text".formatted(what, test.name()),
                    "Use `metric loss` or `metric perplexity` in its block, or rows with answers."));
        }
        boolean oneAnswer =
                test.format() != DatasetFormat.AUTO && !test.format().pairs();
        if (oneAnswer && measured.metrics().stream().anyMatch(m -> m.name().equals("preferenceAccuracy"))) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("evaluate.test.format", "evaluate.test"),
                    "`metric preferenceAccuracy` needs pairs of answers, but the rows of test '%s' have one"
                            .formatted(test.name()),
                    "Choose another metric in its block, or a file of preference pairs.");
        }
    }
}
