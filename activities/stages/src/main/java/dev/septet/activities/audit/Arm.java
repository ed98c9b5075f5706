package dev.septet.activities.audit;

import java.util.Locale;

/** Which of a pipeline's models answered. */
public enum Arm {
    /** The version that is published. */
    CHAMPION,
    /** The version that is tried on a share of the requests. */
    CHALLENGER,
    /** A version, or the base model, that the request named itself: it counts for no trial. */
    NAMED;

    /** As the log and headers write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
