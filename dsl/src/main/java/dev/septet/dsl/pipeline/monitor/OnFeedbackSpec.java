package dev.septet.dsl.pipeline.monitor;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.train.BudgetSpec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What reviewed feedback starts: a new run of the same pipeline that learns from it.
 *
 * @param after reviewed rows since the last training that start it
 * @param cooldown shortest time between two starts, whatever started the one before
 * @param budget most starts in a time; null = as many as the cool-down lets through
 * @param replay fraction of the earlier training rows to learn again beside the new ones; null =
 *     all of them. Training starts from the base model, so all are learned again in either case
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
