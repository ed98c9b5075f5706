package dev.septet.activities.audit;

import java.util.Locale;

/** Which of a pipeline's models answered. */
public enum Arm {
    /** The published version. */
    CHAMPION,
    /** The version on trial: it gets a share of the requests. */
    CHALLENGER,
    /** A version, or the base model, that the request named itself. It counts for no trial. */
    NAMED;

    /** The word in the log and in response headers. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
