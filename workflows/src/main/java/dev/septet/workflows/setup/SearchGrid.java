package dev.septet.workflows.setup;

import dev.septet.dsl.pipeline.train.AdapterSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The points that a search tries, and the choice of the best one: pure functions of the request. */
final class SearchGrid {
    private SearchGrid() {}

    /** LoRA rank of the file's method; 0 when the method has none. */
    static int rank(SetupRequest request) {
        return request.train().method() instanceof AdapterSpec method
                ? method.adapter().rank()
                : 0;
    }

    /** Every learning rate with every rank, with the rates in the outer loop, cut to the number of trials. */
    static List<TrialRequest> points(SetupRequest request, SearchSpec search) {
        List<Double> rates = search.learningRates().isEmpty()
                ? List.of(request.train().learningRate().peak())
                : search.learningRates();
        List<Integer> ranks = search.ranks().isEmpty() ? List.of(rank(request)) : search.ranks();
        List<TrialRequest> points = new ArrayList<>();
        for (double rate : rates) {
            for (int rank : ranks) {
                points.add(new TrialRequest(request, points.size(), rate, rank));
            }
        }
        int max = search.trials() == 0 ? points.size() : search.trials();
        return points.subList(0, Math.min(max, points.size()));
    }

    /** The trial with the smallest finite validation loss; of equal ones, the first. */
    static Optional<TrialResult> best(List<TrialResult> trials) {
        return trials.stream()
                .filter(trial -> Double.isFinite(trial.validationLoss()))
                .min(Comparator.comparingDouble(TrialResult::validationLoss));
    }
}
