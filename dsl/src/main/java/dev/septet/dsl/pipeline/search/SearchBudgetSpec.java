package dev.septet.dsl.pipeline.search;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The most that the trials of a search may take together. Trials that do not fit are left out before the search begins.
 *
 * @param steps optimizer steps; null = without a limit
 * @param tokens tokens of training rows; null = without a limit
 * @param time time of a worker, by the step that the preflight measured; null = without a limit
 * @param cost money, in the unit of {@code hourly}; null = without a limit
 * @param hourly the price of one hour of a worker; null = no limit of the cost
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SearchBudgetSpec(
        @Nullable Long steps,
        @Nullable Long tokens,
        @Nullable Duration time,
        @Nullable Double cost,
        @Nullable Double hourly) {
    private static final double HOUR_SECONDS = 3600;

    public SearchBudgetSpec {
        require(
                steps != null || tokens != null || time != null || cost != null,
                "budget needs steps:, tokens:, time: or cost:");
        require(steps == null || steps >= 1, "budget steps: must be at least 1, got %s", steps);
        require(tokens == null || tokens >= 1, "budget tokens: must be at least 1, got %s", tokens);
        require(time == null || time.toMillis() > 0, "budget time: must be positive");
        require(cost == null || cost > 0, "budget cost: must be above 0, got %s", cost);
        require(hourly == null || hourly > 0, "budget hourly: must be above 0, got %s", hourly);
        require((cost == null) == (hourly == null), "budget cost: and hourly: are given together");
    }

    /** The seconds that the cost pays for; null without a limit of the cost. */
    public @Nullable Double paidSeconds() {
        return cost == null || hourly == null ? null : (Double) (cost / hourly * HOUR_SECONDS);
    }
}
