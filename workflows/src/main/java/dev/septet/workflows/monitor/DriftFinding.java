package dev.septet.workflows.monitor;

import dev.septet.dsl.pipeline.monitor.DriftSpec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The result of one detector for one window.
 *
 * @param score null when there were too few values, as are the probabilities
 * @param chance probability of such a score without drift
 * @param corrected the same, corrected for the number of detectors in the check
 * @param rows values of the window that it used
 * @param sentence all of this in a sentence, without text that users wrote
 */
public record DriftFinding(
        DriftSpec drift,
        @Nullable Double score,
        @Nullable Double chance,
        @Nullable Double corrected,
        long rows,
        boolean drifted,
        String sentence) {
    /** The check as in a pipeline file, such as {@code psi on promptLength}. */
    public static String title(DriftSpec drift) {
        String detector = drift.detector() == null ? drift.name() : noun(drift.detector());
        return switch (drift.feature()) {
            case PROMPT_LOSS, NEGATIVE_FEEDBACK, REFUSED, PROMPT_TEXT -> detector;
            default -> detector + " on " + noun(drift.feature());
        };
    }

    private static String noun(Enum<?> constant) {
        StringBuilder noun = new StringBuilder();
        for (String part : constant.name().split("_", -1)) {
            String lower = part.toLowerCase(Locale.ROOT);
            noun.append(noun.isEmpty() ? lower : lower.substring(0, 1).toUpperCase(Locale.ROOT) + lower.substring(1));
        }
        return noun.toString();
    }
}
