package dev.septet.dsl.bind;

import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.train.BackEndCheck;
import dev.septet.dsl.pipeline.train.ServiceRules;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;

/** Refuses words that do not control what trains instead of Septet's own engine. */
final class BackEndRules {
    private static final String[] ENGINE_ONLY = {
        "train.preserve", "train.unfreeze", "train.stop", "train.onNonFinite", "train.onWarning", "initialize.freeze"
    };

    private static final String[] WORKERS = {"gpus", "memory"};

    private final Problems problems;
    private final Places places;
    private final BackEndCheck known;

    /**
     * @param known what is known about the back ends of the workers
     */
    BackEndRules(Problems problems, Places places, BackEndCheck known) {
        this.problems = problems;
        this.places = places;
        this.known = known;
    }

    void check(TrainSpec train) {
        BackEndSpec by = train.by();
        if (by == null) {
            return;
        }
        known.objection(train).ifPresent(why -> problems.add(ProblemId.BAD_VALUE, places.first("train.by"), why, ""));
        for (String word : ENGINE_ONLY) {
            places.of(word)
                    .ifPresent(at -> problems.add(
                            ProblemId.CONFLICT,
                            at,
                            "`%s` controls Septet's own engine, but `by %s` trains with another program"
                                    .formatted(word.substring(word.indexOf('.') + 1), by.written()),
                            by.keepsModel()
                                    ? "Leave it out."
                                    : "Leave it out, or declare an option of the trainer for it."));
        }
        if (by.keepsModel()) {
            service(train);
        } else if (by.onCluster() && places.of("setup.search").isEmpty()) {
            resources(by.written().substring(0, by.written().indexOf('(')));
        }
    }

    /** What a service has no counterpart for. */
    private void service(TrainSpec train) {
        for (ServiceRules.Objection objection :
                ServiceRules.of(train, word -> places.of("train." + word).isPresent())) {
            problems.add(
                    ProblemId.CONFLICT,
                    places.first("train." + objection.word(), "train.by"),
                    objection.why(),
                    objection.hint());
        }
        places.of("setup.search")
                .ifPresent(at -> problems.add(
                        ProblemId.CONFLICT,
                        at,
                        "the trials of `search` train the model of `initialize`, but a service trains another one",
                        "Leave it out."));
        for (String word : WORKERS) {
            places.of("setup.resources." + word)
                    .ifPresent(at -> problems.add(
                            ProblemId.CONFLICT,
                            at,
                            "`resources %s:` sets what the worker must have, but a service trains the model"
                                    .formatted(word),
                            "Leave it out."));
        }
    }

    /** {@code resources} is about the worker, which only waits for the cluster, unless it trains the trials of a search. */
    private void resources(String cluster) {
        for (String word : WORKERS) {
            places.of("setup.resources." + word)
                    .ifPresent(at -> problems.add(
                            ProblemId.CONFLICT,
                            at,
                            "`resources %s:` sets what the worker must have, but `by %s` trains on the nodes of a cluster"
                                    .formatted(word, cluster),
                            "Write `%s` in the block of `%s` in `train`."
                                    .formatted(cluster.equals("sagemaker") ? "instance" : word, cluster)));
        }
    }
}
