package dev.septet.dsl.spec;

import static dev.septet.dsl.spec.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/**
 * What the file says about watching the deployed model.
 *
 * @param every time between two looks
 * @param log path of the audit log (JSONL of prompts and answers)
 * @param minimum fewest new rows before a look says anything
 * @param onDrift null = drift is reported, nothing is started
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MonitorSpec(
        Duration every,
        String log,
        int minimum,
        List<DriftSpec> drifts,
        @Nullable OnDriftSpec onDrift,
        StagePolicy policy)
        implements StageSpec {
    public static final int DEFAULT_MINIMUM = 100;
    public static final StagePolicy DEFAULT_POLICY = StagePolicy.within(Duration.ofHours(1));

    public MonitorSpec {
        drifts = List.copyOf(drifts);
        require(every.toMillis() >= 1000, "every must be at least 1.seconds");
        require(!log.isBlank(), "log needs a path");
        require(minimum >= 10, "minimum must be at least 10, got %s", minimum);
        require(!drifts.isEmpty(), "monitor needs at least one drift");
    }
}
