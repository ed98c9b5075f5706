package dev.septet.workflows.monitor;

import dev.septet.dsl.pipeline.monitor.AlarmSpec;

/**
 * Whether drift is confirmed. A single check may be wrong. The alarm is raised after the required number of consecutive
 * checks with drift, and cleared after as many without drift.
 *
 * @param streak consecutive checks up to the last one whose result differs from the current state
 */
public record DriftAlarm(boolean raised, int streak) {
    /** The state before the first check. */
    public static final DriftAlarm QUIET = new DriftAlarm(false, 0);

    /** The state after one more check. A check without enough rows changes nothing. */
    public DriftAlarm after(Observation observation, AlarmSpec spec) {
        if (!observation.enough()) {
            return this;
        }
        if (observation.drifted() == raised) {
            return new DriftAlarm(raised, 0);
        }
        return streak + 1 >= spec.confirm() ? new DriftAlarm(!raised, 0) : new DriftAlarm(raised, streak + 1);
    }
}
