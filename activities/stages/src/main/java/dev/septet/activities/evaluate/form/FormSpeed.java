package dev.septet.activities.evaluate.form;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How fast the forms of a pipeline's last export answered; for people and for estimates. Times differ from run to run, so they
 * are in the store record {@code pace/PIPELINE/forms}, and not in the export.
 *
 * @param runId run that measured
 * @param forms by form; a form whose answers were all stored before has none
 */
public record FormSpeed(String runId, Map<String, Pace> forms) {
    public FormSpeed {
        forms = Map.copyOf(forms);
    }

    /**
     * What one form took.
     *
     * @param rows rows that were answered and scored
     * @param tokens tokens of their answers
     * @param seconds time of answers and losses together
     */
    public record Pace(long rows, long tokens, double seconds) {}

    /** The last measurement of a pipeline; empty when there is none. */
    public static Optional<FormSpeed> last(ArtifactStore store, String pipeline) throws IOException {
        Optional<String> text = store.record(record(pipeline));
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(SpecJson.mapper().readValue(text.get(), FormSpeed.class));
        } catch (JsonProcessingException damaged) {
            return Optional.empty();
        }
    }

    /** Stores the measurement, with the earlier ones of forms that it has not. */
    public void store(ArtifactStore store, String pipeline, Fence fence) throws IOException {
        if (forms.isEmpty()) {
            return;
        }
        Map<String, Pace> all =
                new TreeMap<>(last(store, pipeline).map(FormSpeed::forms).orElse(Map.of()));
        all.putAll(forms);
        store.putRecord(record(pipeline), SpecJson.mapper().writeValueAsString(new FormSpeed(runId, all)), fence);
    }

    private static String record(String pipeline) {
        return "pace/%s/forms".formatted(pipeline);
    }

    /** Mean time of a row over all forms, in seconds; 0 when nothing was measured. */
    public double secondsPerRow() {
        long rows = forms.values().stream().mapToLong(Pace::rows).sum();
        double seconds = forms.values().stream().mapToDouble(Pace::seconds).sum();
        return rows == 0 ? 0 : seconds / rows;
    }

    /** Such as {@code 41.2 tokens/s}; empty for a form that was not measured. */
    String words(String form) {
        Pace pace = forms.get(form);
        return pace == null || pace.tokens() == 0 || pace.seconds() <= 0
                ? ""
                : String.format(Locale.ROOT, "%.1f tokens/s", pace.tokens() / pace.seconds());
    }
}
