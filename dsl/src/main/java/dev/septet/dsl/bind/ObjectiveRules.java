package dev.septet.dsl.bind;

import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.vocabulary.PipelineDraft;
import org.jspecify.annotations.Nullable;

/** Checks rules between the training objective and the words of other stages. */
final class ObjectiveRules {
    private final Problems problems;
    private final Places places;

    ObjectiveRules(Problems problems, Places places) {
        this.problems = problems;
        this.places = places;
    }

    void check(PipelineDraft draft) {
        if (draft.train().isEmpty()) {
            return;
        }
        TrainSpec train = draft.train().get();
        draft.prepare().ifPresent(prepare -> format(prepare, train));
        if (train.objective() instanceof DpoSpec) {
            replay(train.preserve());
            draft.monitor().ifPresent(this::feedback);
        } else {
            draft.evaluate().ifPresent(this::accuracy);
        }
        if (draft.prepare().stream()
                .flatMap(prepare -> prepare.inputs().stream())
                .anyMatch(source -> source.format() == DatasetFormat.TEXT)) {
            draft.evaluate().ifPresent(this::answers);
            service(train);
        }
    }

    private void service(TrainSpec train) {
        BackEndSpec by = train.by();
        if (by != null && by.keepsModel()) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("train.by"),
                    "the service learns answers, but the dataset's rows are plain text",
                    "Use rows with answers, or train without `by %s`."
                            .formatted(by.written().substring(0, by.written().indexOf('('))));
        }
    }

    private void answers(EvaluateSpec evaluate) {
        evaluate.metrics().stream()
                .filter(MetricSpec::readsAnswer)
                .findFirst()
                .ifPresent(metric -> needsAnswers("metric", metric.name()));
        evaluate.scores().stream().findFirst().ifPresent(score -> needsAnswers("score", "'" + score.name() + "'"));
    }

    private void needsAnswers(String word, String name) {
        problems.add(
                ProblemId.CONFLICT,
                places.first("evaluate." + word),
                "`%s %s` reads answers, but the dataset's rows are plain text".formatted(word, name),
                "Use `metric loss` or `metric perplexity`, or rows with answers.");
    }

    private void format(PrepareSpec prepare, TrainSpec train) {
        prepare.inputs().stream()
                .flatMap(source -> ObjectiveSpec.mismatch(train.objective(), source.format()).stream())
                .findFirst()
                .ifPresent(reason -> problems.add(
                        ProblemId.CONFLICT, places.first("train.objective", "prepare.dataset"), reason, ""));
    }

    private void replay(@Nullable PreserveSpec preserve) {
        if (preserve != null && preserve.replay() != null) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("train.preserve"),
                    "`preserve replay:` mixes in rows with one answer, but dpo learns pairs of answers",
                    "Use `preserve l2sp:` or `preserve ewc:`.");
        }
    }

    private void feedback(MonitorSpec monitor) {
        if (monitor.onFeedback() != null) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("monitor.onFeedback"),
                    "`onFeedback` learns reviewed answers, but dpo learns pairs of answers",
                    "Use `onDrift`, or another objective.");
        }
    }

    private void accuracy(EvaluateSpec evaluate) {
        if (evaluate.metrics().stream().anyMatch(m -> m.name().equals("preferenceAccuracy"))) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("evaluate.metric"),
                    "`metric preferenceAccuracy` needs pairs of answers, which this training does" + " not read",
                    "Add `objective dpo()` to `train`, or choose another metric.");
        }
    }
}
