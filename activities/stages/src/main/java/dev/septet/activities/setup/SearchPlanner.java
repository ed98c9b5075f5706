package dev.septet.activities.setup;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.train.EnginePlan;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.search.HalvingSpec;
import dev.septet.dsl.pipeline.search.SearchBudgetSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.train.data.EpochSize;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.setup.PlannedTrial;
import dev.septet.workflows.setup.SearchPlan;
import dev.septet.workflows.setup.SearchPoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides before a search begins which trials it has, where they stop, and which ones do not fit into its budget.
 *
 * @param secondsPerStep time of the training's mean optimizer step; null = nothing has measured it, and the budget has no
 *     limit of time or cost
 */
public record SearchPlanner(
        TrainSpec train,
        InitializeSpec initialize,
        SetupSpec setup,
        DatasetRef dataset,
        @Nullable Double secondsPerStep) {
    /** The smallest number of trials that a search can compare. */
    private static final int FEWEST = 2;

    /**
     * The plan of the search.
     *
     * @throws StageProblem when a trial is too short for its rungs, or when two trials do not fit into the budget
     */
    public SearchPlan plan() {
        SearchSpec search = Objects.requireNonNull(setup.search());
        SearchPoints points = SearchPoints.of(train, search, setup.seed());
        List<PlannedTrial> trials = trials(points.points(), search);
        List<Limit> limits = limits(search.budget());
        int fitting = trials.size();
        while (fitting > FEWEST && !fits(trials, fitting, search, limits)) {
            fitting--;
        }
        requireFit(trials, fitting, search, limits);
        List<PlannedTrial> kept = trials.subList(0, fitting);
        List<Integer> widths = widths(fitting, search);
        String budget = fitting == trials.size()
                ? null
                : String.format(
                        Locale.ROOT,
                        "the budget leaves the last %d of %d trials untried",
                        trials.size() - fitting,
                        trials.size());
        String left = Stream.of(points.left(), budget).filter(Objects::nonNull).collect(Collectors.joining("; "));
        return new SearchPlan(kept, widths, early(kept, widths, search, limits), left.isEmpty() ? null : left);
    }

    /** Every trial trains for the same part of its own training, the longest one for the search's steps. */
    private List<PlannedTrial> trials(List<SearchPoint> points, SearchSpec search) {
        EpochSize epoch = EnginePlan.epoch(dataset);
        List<Integer> whole = new ArrayList<>();
        for (SearchPoint point : points) {
            EnginePlan engine = new EnginePlan(point.applyTo(train), initialize, setup);
            engine.requireWithin(epoch);
            whole.add(engine.steps(epoch));
        }
        long longest = whole.stream().mapToInt(steps -> steps).max().orElseThrow();
        long most = Math.min(search.steps(), longest);
        List<PlannedTrial> trials = new ArrayList<>();
        for (int number = 0; number < points.size(); number++) {
            int steps = (int) Math.max(1, (most * whole.get(number) + longest - 1) / longest);
            trials.add(new PlannedTrial(number, points.get(number), ends(number, steps, search.halving())));
        }
        return trials;
    }

    private static List<Integer> ends(int number, int steps, @Nullable HalvingSpec halving) {
        if (halving == null) {
            return List.of(steps);
        }
        if (steps < halving.fewestSteps()) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "setup: search: with this data, trial %d has %,d steps, but %d rungs with a reduction of %d need at least %,d; use fewer rungs, or more epochs",
                    number,
                    steps,
                    halving.rungs(),
                    halving.reduction(),
                    halving.fewestSteps()));
        }
        return Arrays.stream(halving.ends(steps)).boxed().toList();
    }

    /** Number of trials in each rung. */
    static List<Integer> widths(int trials, SearchSpec search) {
        HalvingSpec halving = search.halving();
        List<Integer> widths = new ArrayList<>(List.of(trials));
        for (int rung = 1; halving != null && rung < halving.rungs(); rung++) {
            widths.add(Math.max(1, widths.get(rung - 1) / halving.reduction()));
        }
        return widths;
    }

    /**
     * A limit of the budget.
     *
     * @param most the limit, in its unit
     * @param perRow units for one row of a batch, which may cost nothing; null = the unit is a step
     */
    private record Limit(String name, double most, @Nullable Double perRow, String unit) {}

    private List<Limit> limits(@Nullable SearchBudgetSpec budget) {
        List<Limit> limits = new ArrayList<>();
        if (budget == null) {
            return limits;
        }
        if (budget.steps() != null) {
            limits.add(new Limit("steps", budget.steps(), null, "steps"));
        }
        if (budget.tokens() != null) {
            double perRow = (double) dataset.trainTokens() / Math.max(1, dataset.trainRows());
            limits.add(new Limit("tokens", budget.tokens(), perRow, "tokens"));
        }
        if (budget.time() != null) {
            limits.add(new Limit("time", budget.time().toMillis() / 1e3, secondsPerRow(), "seconds"));
        }
        Double paid = budget.paidSeconds();
        if (paid != null) {
            limits.add(new Limit("cost", paid, secondsPerRow(), "seconds"));
        }
        return limits;
    }

    private double secondsPerRow() {
        return Objects.requireNonNull(secondsPerStep, "a limit of time needs the time of a step")
                / train.batch().rowsPerStep();
    }

    private boolean fits(List<PlannedTrial> trials, int count, SearchSpec search, List<Limit> limits) {
        return limits.stream().allMatch(limit -> used(trials, count, search, limit) <= limit.most());
    }

    /** What the search takes at most: in each rung, the trials that take the most continue. */
    private double used(List<PlannedTrial> trials, int count, SearchSpec search, Limit limit) {
        List<Integer> widths = widths(count, search);
        double sum = 0;
        for (int rung = 0; rung < widths.size(); rung++) {
            int at = rung;
            sum += trials.subList(0, count).stream()
                    .map(trial -> trial.steps(at) * perStep(trial, limit))
                    .sorted(Comparator.reverseOrder())
                    .limit(widths.get(rung))
                    .mapToDouble(each -> each)
                    .sum();
        }
        return sum;
    }

    private double perStep(PlannedTrial trial, Limit limit) {
        Double perRow = limit.perRow();
        return perRow == null ? 1 : perRow * trial.point().batch(train).rowsPerStep();
    }

    private void requireFit(List<PlannedTrial> trials, int count, SearchSpec search, List<Limit> limits) {
        for (Limit limit : limits) {
            double used = used(trials, count, search, limit);
            if (used > limit.most()) {
                throw StageProblem.invalid(String.format(
                        Locale.ROOT,
                        "setup: search: budget %s: %,.0f %s do not suffice for two trials, which need about %,.0f;"
                                + " raise it, or give the trials fewer `steps`",
                        limit.name(),
                        limit.most(),
                        limit.unit(),
                        Math.ceil(used)));
            }
        }
    }

    /** Steps that trials may do early: what the budget leaves, and at most as many as the search itself has. */
    private long early(List<PlannedTrial> trials, List<Integer> widths, SearchSpec search, List<Limit> limits) {
        if (search.halving() == null || !search.halving().early()) {
            return 0;
        }
        double early = new SearchPlan(trials, widths, 0, null).steps();
        for (Limit limit : limits) {
            double dearest = trials.stream()
                    .mapToDouble(trial -> perStep(trial, limit))
                    .max()
                    .orElse(1);
            if (dearest > 0) {
                early = Math.min(early, (limit.most() - used(trials, trials.size(), search, limit)) / dearest);
            }
        }
        return (long) Math.floor(early);
    }
}
