package dev.septet.workflows.monitor;

import dev.septet.dsl.pipeline.monitor.OnDriftSpec;
import dev.septet.dsl.pipeline.monitor.OnFeedbackSpec;
import dev.septet.dsl.pipeline.train.BudgetSpec;
import dev.septet.workflows.retrain.RetrainHistory;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.Trigger;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The decision after a check.
 *
 * @param retraining the retraining to start; null for none
 * @param held why nothing starts although there was a cause; empty otherwise
 */
record RetrainPolicy(@Nullable Retraining retraining, String held) {
    private static final int LONGEST = 400;

    /** Decides on drift first, then on feedback. Each one waits for its cooldown and its budget. */
    static RetrainPolicy after(MonitorRequest state, Observation observation, long now) {
        OnDriftSpec drift = state.spec().onDrift();
        if (drift != null && state.alarm().raised() && observation.drifted()) {
            return due(
                    state,
                    now,
                    drift.cooldown(),
                    drift.budget(),
                    retraining(state, observation, Trigger.DRIFT, drift(observation), drift.replay()));
        }
        OnFeedbackSpec feedback = state.spec().onFeedback();
        long newRows = observation.reviewed() - state.starts().reviewed();
        if (feedback != null && newRows >= feedback.after()) {
            String reason = newRows + " rows were reviewed since the last training";
            return due(
                    state,
                    now,
                    feedback.cooldown(),
                    feedback.budget(),
                    retraining(state, observation, Trigger.FEEDBACK, reason, feedback.replay()));
        }
        return new RetrainPolicy(null, "");
    }

    private static RetrainPolicy due(
            MonitorRequest state, long now, Duration cooldown, @Nullable BudgetSpec budget, Retraining retraining) {
        RetrainHistory starts = state.starts();
        String objection = starts.objection(now, cooldown, budget);
        return objection.isEmpty()
                ? new RetrainPolicy(retraining, "")
                : new RetrainPolicy(null, retraining.why() + ", but " + objection);
    }

    private static Retraining retraining(
            MonitorRequest state, Observation observation, Trigger trigger, String reason, @Nullable Double replay) {
        return new Retraining(
                trigger, reason, replay == null ? null : state.dataset().artifact(), replay, observation.reviewed());
    }

    private static String drift(Observation observation) {
        String all = observation.findings().stream()
                .filter(DriftFinding::drifted)
                .map(DriftFinding::sentence)
                .collect(Collectors.joining("; "));
        return all.length() <= LONGEST ? all : all.substring(0, LONGEST);
    }
}
