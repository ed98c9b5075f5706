package dev.septet.workflows.setup;

import java.util.List;

/**
 * A trial of a search.
 *
 * @param number from 0, in the order of the search
 * @param ends optimizer steps that the trial has done after each rung; the last number is its end
 */
public record PlannedTrial(int number, SearchPoint point, List<Integer> ends) {
    public PlannedTrial {
        ends = List.copyOf(ends);
    }

    /** Steps of one rung, when the trial continues from the rung before it. */
    public int steps(int rung) {
        return ends.get(rung) - (rung == 0 ? 0 : ends.get(rung - 1));
    }
}
