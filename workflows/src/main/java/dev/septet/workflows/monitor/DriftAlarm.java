package dev.septet.workflows.monitor;

import dev.septet.dsl.pipeline.monitor.AlarmSpec;

/**
 * Whether drift counts as real. One look may be wrong; only so many in a row that find drift raise
 * the alarm, and as many in a row that find none lower it again.
 *
 * @param streak looks in a row, up to the last one, that speak for the other state
 */
public record DriftAlarm(boolean raised, int streak) {
    /** Before the first look. */
    public static final DriftAlarm QUIET = new DriftAlarm(false, 0);

    /** After one more look. One without enough rows says nothing. */
    public DriftAlarm after(Observation seen, AlarmSpec spec) {
        if (!seen.enough()) {
            return this;
        }
        if (seen.drifted() == raised) {
            return new DriftAlarm(raised, 0);
        }
        return streak + 1 >= spec.confirm() ? new DriftAlarm(!raised, 0) : new DriftAlarm(raised, streak + 1);
    }
}
