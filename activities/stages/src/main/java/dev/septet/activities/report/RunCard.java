package dev.septet.activities.report;

import dev.septet.activities.report.RunFactTables.Energy;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The model card of an evaluation with the environmental cost of one run. */
final class RunCard {
    private static final String TITLE = "\n## Environmental cost\n\n";
    private static final String MATTER = "---\n";
    private static final String NEXT = "\n## ";

    private RunCard() {}

    /**
     * The card with the cost of the run.
     *
     * @param duration of the stages from {@code prepare} to {@code evaluate}, in words
     * @param energy null when the operator declares no power
     * @param measured what was measured, in words; null when nothing was
     */
    static String of(String card, String duration, @Nullable Energy energy, @Nullable String measured) {
        int title = card.indexOf(TITLE);
        int end = card.startsWith(MATTER) ? card.indexOf("\n" + MATTER, MATTER.length()) : -1;
        if (title < 0 || end < 0) {
            return card; // of an earlier version
        }
        int next = card.indexOf(NEXT, title + TITLE.length());
        String rest = next < 0 ? "" : card.substring(next);
        return card.substring(0, end + 1)
                + emissions(energy)
                + card.substring(end + 1, title)
                + TITLE
                + text(duration, energy)
                + (measured == null ? "" : "Measured: %s.\n".formatted(measured))
                + rest;
    }

    private static String text(String duration, @Nullable Energy energy) {
        String time = "The stages from `prepare` to `evaluate` took %s of one machine.".formatted(duration);
        return energy == null
                ? time + " The operator declares no power, so the energy is not estimated.\n"
                : time + " Energy: %s. The power is the operator's figure.\n".formatted(energy.words());
    }

    private static String emissions(@Nullable Energy energy) {
        return energy == null || energy.grams() == null
                ? ""
                : "co2_eq_emissions:\n  emissions: %s\n  source: \"estimate: power of a machine times its time\"\n  training_type: fine-tuning\n"
                        .formatted(String.format(
                                Locale.ROOT, "%.4g", energy.grams().doubleValue()));
    }
}
