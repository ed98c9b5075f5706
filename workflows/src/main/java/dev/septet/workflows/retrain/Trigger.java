package dev.septet.workflows.retrain;

import java.util.Locale;

/** What started a run. */
public enum Trigger {
    /** A person or a program. */
    REQUEST,
    SCHEDULE,
    DRIFT,
    FEEDBACK;

    /** The value in search attributes and on pages. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
