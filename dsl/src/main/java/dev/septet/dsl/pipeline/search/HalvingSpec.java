package dev.septet.dsl.pipeline.search;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Successive halving: all trials train to the first rung, the best part of them continues to the next one.
 *
 * @param reduction one trial of this many continues at each rung
 * @param rungs number of rungs; the last one is the end of a trial
 * @param asynchronous true when a trial may continue before its rung is complete, which never changes the winner; else null
 * @see <a href="https://arxiv.org/abs/1502.07943">Jamieson and Talwalkar, 2016</a>
 * @see <a href="https://arxiv.org/abs/1810.05934">Li et al., 2020 (ASHA)</a>
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HalvingSpec(
        int reduction, int rungs, @Nullable Boolean asynchronous) {
    public static final int DEFAULT_REDUCTION = 3;
    public static final int DEFAULT_RUNGS = 3;
    private static final int MOST_REDUCTION = 10;
    private static final int MOST_RUNGS = 10;

    public HalvingSpec {
        require(
                reduction >= 2 && reduction <= MOST_REDUCTION,
                "halving reduction: must be from 2 to %s, got %s",
                MOST_REDUCTION,
                reduction);
        asynchronous = Boolean.TRUE.equals(asynchronous) ? true : null;
        require(rungs >= 2 && rungs <= MOST_RUNGS, "halving rungs: must be from 2 to %s, got %s", MOST_RUNGS, rungs);
    }

    /** Whether a trial may continue before its rung is complete. */
    public boolean early() {
        return asynchronous != null;
    }

    /**
     * The steps after each rung: the last rung has all steps, each earlier one its part, rounded up.
     *
     * @param steps all steps of a trial
     * @return as many numbers as there are rungs
     */
    public int[] ends(int steps) {
        int[] ends = new int[rungs];
        long part = 1;
        for (int rung = rungs - 1; rung >= 0; rung--) {
            ends[rung] = (int) ((steps + part - 1) / part);
            part *= reduction;
        }
        return ends;
    }

    /**
     * The fewest steps of a trial in which every rung has more steps than the one before it: the first rung has one step
     * then, and the second one has two.
     */
    public int fewestSteps() {
        int part = 1;
        for (int rung = 2; rung < rungs; rung++) {
            part *= reduction;
        }
        return part + 1;
    }
}
