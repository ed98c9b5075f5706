package dev.septet.workflows.monitor;

import dev.septet.dsl.pipeline.monitor.DriftSpec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one detector says of one window.
 *
 * @param score null when there were too few values to say anything, as are the chances
 * @param chance how likely such a score would be without drift
 * @param corrected the same, corrected for the number of detectors of the look
 * @param rows values of the window that it looked at
 * @param sentence all of it in plain words, without anything that anybody wrote
 */
public record DriftFinding(
        DriftSpec drift,
        @Nullable Double score,
        @Nullable Double chance,
        @Nullable Double corrected,
        long rows,
        boolean drifted,
        String sentence) {
    /** Such as {@code psi on promptLength}, as a pipeline file says it. */
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
