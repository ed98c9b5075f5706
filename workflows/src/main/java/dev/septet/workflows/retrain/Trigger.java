package dev.septet.workflows.retrain;

import java.util.Locale;

/** What started a run. */
public enum Trigger {
    /** A person or a program. */
    REQUEST,
    SCHEDULE,
    DRIFT,
    FEEDBACK;

    /** As search attributes and pages write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
