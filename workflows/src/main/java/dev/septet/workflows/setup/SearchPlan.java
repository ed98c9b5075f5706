package dev.septet.workflows.setup;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The trials of a search and how many of them continue, decided before the first one begins.
 *
 * @param trials the trials, in the order of the search
 * @param widths number of trials in each rung, at most
 * @param early additional steps that trials may do before their rung is complete; 0 = none
 * @param left what the search does not try, and why; null = nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SearchPlan(
        List<PlannedTrial> trials,
        List<Integer> widths,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) long early,
        @Nullable String left) {
    public SearchPlan {
        trials = List.copyOf(trials);
        widths = List.copyOf(widths);
    }

    /** Optimizer steps of the whole search, at most: in each rung the longest trials continue. */
    public long steps() {
        return IntStream.range(0, widths.size()).mapToLong(this::steps).sum();
    }

    private long steps(int rung) {
        return trials.stream()
                .map(trial -> trial.steps(rung))
                .sorted((a, b) -> Integer.compare(b, a))
                .limit(widths.get(rung))
                .mapToLong(steps -> steps)
                .sum();
    }
}
