package dev.septet.dsl.pipeline.monitor;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.StageSpec;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The monitoring stage of a pipeline file.
 *
 * @param every time between two drift checks
 * @param log path of the audit log (JSONL of prompts and answers); null = the log that the {@code http} target writes
 * @param minimum the smallest number of new rows that a drift check needs
 * @param drifts may be empty when feedback starts a retraining
 * @param alarm the confidence that confirmed drift needs
 * @param onDrift null = drift is reported and starts nothing
 * @param onFeedback null = feedback is collected and starts nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MonitorSpec(
        Duration every,
        @Nullable String log,
        int minimum,
        List<DriftSpec> drifts,
        AlarmSpec alarm,
        @Nullable OnDriftSpec onDrift,
        @Nullable OnFeedbackSpec onFeedback,
        StagePolicy policy)
        implements StageSpec {
    public static final int DEFAULT_MINIMUM = 100;
    public static final StagePolicy DEFAULT_POLICY = StagePolicy.within(Duration.ofHours(1));

    public MonitorSpec {
        drifts = List.copyOf(drifts);
        // Requests in older histories have no alarm.
        alarm = alarm == null ? AlarmSpec.DEFAULT : alarm;
        require(every.toMillis() >= 1000, "every must be at least 1.seconds");
        require(log == null || !log.isBlank(), "log needs a path");
        require(minimum >= 10, "minimum must be at least 10, got %s", minimum);
        require(!drifts.isEmpty() || onFeedback != null, "monitor needs at least one drift, or onFeedback");
    }

    /** Whether a drift check runs the deployed model. Other checks only read the log and count. */
    public boolean runsModel() {
        return drifts.stream().anyMatch(drift -> drift.feature().kind() == DriftSpec.Kind.LOSS);
    }

    /** The name of the monitored log, for messages. */
    public String logName() {
        return log != null ? log : "the server's audit log";
    }
}
