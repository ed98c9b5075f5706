package dev.septet.workflows.setup;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;

/**
 * Input of the last activity of a search.
 *
 * @param results every result that the choice read, by rung and then by trial
 * @param winner number of the winner
 */
public record SearchEnd(SetupRequest setup, SearchPlan plan, List<TrialResult> results, int winner)
        implements RunScoped {
    public SearchEnd {
        results = List.copyOf(results);
    }

    @Override
    public RunRef run() {
        return setup.run();
    }

    @Override
    public List<Object> specs() {
        return setup.specs();
    }
}
