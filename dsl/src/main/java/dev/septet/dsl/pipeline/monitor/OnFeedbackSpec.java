package dev.septet.dsl.pipeline.monitor;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.train.BudgetSpec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What reviewed feedback starts: a new run of the same pipeline that learns from it.
 *
 * @param after the number of rows reviewed since the last training that starts a run
 * @param cooldown shortest time between two starts, whatever caused the earlier one
 * @param budget the largest number of starts in a period; null = limited by the cooldown only
 * @param replay fraction of the earlier training rows to learn again with the new ones; null = all of them. It has no
 *     effect: training starts from the base model, so all rows are learned again
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OnFeedbackSpec(
        int after,
        Duration cooldown,
        @Nullable BudgetSpec budget,
        @Nullable Double replay) {
    public OnFeedbackSpec {
        require(after >= 1, "after: must be at least 1.rows");
        require(!cooldown.isNegative(), "cooldown: cannot be negative");
        require(replay == null || (replay >= 0 && replay <= 1), "replay: must be from 0 to 100.percent");
    }
}
