package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

import java.time.Duration;

/**
 * The largest number of starts in any period of the length {@code per}.
 *
 * @param count at least 1
 */
public record BudgetSpec(int count, Duration per) {
    public BudgetSpec {
        require(count >= 1, "a budget is at least 1.perWeek, got %s", count);
        require(per.toMillis() > 0, "a budget's period must be positive");
    }
}
