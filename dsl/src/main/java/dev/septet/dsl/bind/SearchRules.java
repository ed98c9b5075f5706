package dev.septet.dsl.bind;

import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import dev.septet.dsl.pipeline.search.DimensionSpec;
import dev.septet.dsl.pipeline.train.AdapterSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.dsl.problem.Nearest;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks a search against the training that it is for, and against the exam that it chooses by. */
final class SearchRules {
    private final Problems problems;
    private final Places places;

    SearchRules(Problems problems, Places places) {
        this.problems = problems;
        this.places = places;
    }

    void check(SearchSpec search, TrainSpec train, Optional<EvaluateSpec> evaluate) {
        rank(search, train);
        length(search, train);
        if (search.trials() == 1) {
            problems.add(
                    ProblemId.REMARK,
                    places.first("setup.search.trials", "setup.search"),
                    "`trials 1` compares nothing: only the first point of the grid is tried, and"
                            + " its values are used",
                    "Raise `trials`, or set the values in `train` and leave `search` out.");
        }
        if (!search.methods().isEmpty() && train.by() != null) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("setup.search.method", "setup.search"),
                    "`method` is searched with Septet's engine, but another program trains the model",
                    "Set one method in `train`.");
        }
        choice(search, evaluate.orElse(EvaluateSpec.DEFAULT));
    }

    private void rank(SearchSpec search, TrainSpec train) {
        boolean ranks = !search.ranks().isEmpty()
                || search.dimension(DimensionSpec.Name.RANK).isPresent();
        List<MethodSpec> methods = search.methods().isEmpty() ? List.of(train.method()) : search.methods();
        if (ranks && methods.stream().noneMatch(AdapterSpec.class::isInstance)) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("setup.search.rank", "setup.search"),
                    "`rank` is searched, but the method of `train` has no rank",
                    "Use `method lora()`, or search `learningRate` only.");
        }
    }

    private void length(SearchSpec search, TrainSpec train) {
        Integer steps = train.steps();
        if (steps == null) {
            return;
        }
        if (search.steps() > steps) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("setup.search.steps", "setup.search"),
                    String.format(
                            Locale.ROOT,
                            "a trial of %d steps is longer than the training of %d steps",
                            search.steps(),
                            steps),
                    "Give the trials fewer `steps`.");
        }
        if (search.dimension(DimensionSpec.Name.EPOCHS).isPresent()) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("setup.search.epochs", "setup.search"),
                    String.format(
                            Locale.ROOT,
                            "`epochs` is searched, but `steps %d` of `train` sets the length of the training",
                            steps),
                    "Remove `steps` from `train`, or `epochs` from `search`.");
        }
    }

    private void choice(SearchSpec search, EvaluateSpec evaluate) {
        if (search.choose() == null) {
            return;
        }
        List<String> own = Stream.concat(
                        evaluate.metrics().stream().map(MetricSpec::name),
                        evaluate.scores().stream().map(ScoreSpec::name))
                .toList();
        for (String name : search.choose().metrics()) {
            if (own.stream().filter(name::equals).count() > 1) {
                problem("`evaluate` has the metric `%s` more than once".formatted(name), "Choose by another metric.");
            } else if (!own.contains(name) && !plain(name)) {
                List<String> known = Stream.concat(own.stream(), MetricSpec.KNOWN.stream())
                        .distinct()
                        .toList();
                String near = known.contains(name) ? "" : Nearest.hint(name, known);
                problem(
                        "the exam has no metric '%s'".formatted(name),
                        near.isEmpty() ? "Add it to `evaluate`, with its arguments if it has some." : near);
            }
        }
        evaluate.metrics().stream()
                .filter(metric -> search.choose().metrics().contains(metric.name()))
                .filter(MetricSpec::judged)
                .forEach(metric -> problem(
                        "`%s` asks a judge or people, which no trial of a search does".formatted(metric.name()),
                        "Choose by a metric that reads the answers alone."));
    }

    /** Whether a metric of Septet's own needs no arguments. */
    private static boolean plain(String name) {
        try {
            return new MetricSpec(name, null, null).name().equals(name);
        } catch (IllegalArgumentException unknown) {
            return false;
        }
    }

    private void problem(String message, String hint) {
        problems.add(ProblemId.CONFLICT, places.first("setup.search.choose", "setup.search"), message, hint);
    }
}
