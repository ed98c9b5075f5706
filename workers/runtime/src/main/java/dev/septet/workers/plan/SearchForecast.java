package dev.septet.workers.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.setup.SearchPlanner;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.search.SearchBudgetSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.setup.SearchPlan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The trials of a search.
 *
 * @param trials number of trials
 * @param rungs number of trials in each rung
 * @param steps optimizer steps of all trials together, at most
 * @param seconds duration of these steps, if one trial runs at a time and all have the batch of the file; null while nothing
 *     has measured a step
 * @param cost cost of this time at the hourly price of the budget; null without one
 * @param left what the search does not try, and why; null = nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SearchForecast(
        int trials,
        List<Integer> rungs,
        long steps,
        @Nullable Double seconds,
        @Nullable Double cost,
        @Nullable String left) {
    private static final double HOUR_SECONDS = 3600;

    public SearchForecast {
        rungs = List.copyOf(rungs);
    }

    /**
     * The forecast; null without a search, and while it depends on something that is not known yet.
     *
     * @param secondsPerStep null while nothing has measured a step
     */
    static @Nullable SearchForecast of(PipelineSpec spec, @Nullable DatasetRef data, @Nullable Double secondsPerStep) {
        SearchSpec search = spec.setup().search();
        SearchBudgetSpec budget = search == null ? null : search.budget();
        boolean timed = budget != null && (budget.time() != null || budget.cost() != null);
        if (search == null || data == null || (timed && secondsPerStep == null)) {
            return null;
        }
        SearchPlan plan = new SearchPlanner(spec.train(), spec.initialize(), spec.setup(), data, secondsPerStep).plan();
        Double seconds = secondsPerStep == null ? null : (Double) (secondsPerStep * plan.steps());
        Double hourly = budget == null ? null : budget.hourly();
        return new SearchForecast(
                plan.trials().size(),
                plan.widths(),
                plan.steps(),
                seconds,
                seconds == null || hourly == null ? null : (Double) (seconds / HOUR_SECONDS * hourly),
                plan.left());
    }
}
