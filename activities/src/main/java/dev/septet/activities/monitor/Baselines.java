package dev.septet.activities.monitor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;

import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.support.StageKey;
import dev.septet.dsl.spec.DriftSpec.Feature;
import dev.septet.dsl.spec.SpecDigest;
import dev.septet.dsl.spec.SpecJson;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Features of the prompts that a model was trained on, measured once per dataset, model and choice
 * of features. Records: {@code baselines/<digest of these>}.
 */
final class Baselines {
    private final ArtifactStore store;
    private final Fence fence;

    Baselines(ArtifactStore store, Fence fence) {
        this.store = store;
        this.fence = fence;
    }

    /**
     * The baseline.
     *
     * @param dataset digest of the prepared dataset
     * @param model digests of the deployed model's parts
     * @param training file of the training split
     */
    Features of(
            String dataset,
            List<String> model,
            Path training,
            Set<Feature> wanted,
            PromptReader reader)
            throws IOException {
        TreeMap<String, Object> parts = new TreeMap<>();
        parts.put("revision", StageKey.REVISION);
        parts.put("dataset", dataset);
        parts.put("features", wanted.stream().sorted().map(Feature::name).toList());
        parts.put("model", model);
        String name = "baselines/" + SpecDigest.of(parts);
        Optional<Features> stored = stored(name, wanted);
        if (stored.isPresent()) {
            return stored.get();
        }
        Features measured = Features.of(prompts(training), wanted, reader);
        Map<Feature, double[]> values = new EnumMap<>(Feature.class);
        measured.samples().forEach((feature, sample) -> values.put(feature, sample.values()));
        store.open(fence);
        store.putRecord(name, SpecJson.mapper().writeValueAsString(values), fence);
        return measured;
    }

    private Optional<Features> stored(String name, Set<Feature> wanted) throws IOException {
        Optional<String> text = store.record(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            Map<Feature, double[]> values =
                    SpecJson.mapper().readValue(text.get(), new TypeReference<>() {});
            Map<Feature, Sample> samples = new EnumMap<>(Feature.class);
            values.forEach((feature, sample) -> samples.put(feature, Sample.of(sample)));
            return samples.keySet().containsAll(wanted)
                    ? Optional.of(new Features(samples))
                    : Optional.empty();
        } catch (JsonProcessingException damaged) {
            return Optional.empty(); // measured again
        }
    }

    /** What the model was asked in training; of plain text, the text itself. */
    private static List<String> prompts(Path training) throws IOException {
        List<String> prompts = new ArrayList<>();
        try (PreparedRows rows = PreparedRows.open(training)) {
            for (Optional<Row> row = rows.next(); row.isPresent(); row = rows.next()) {
                String prompt =
                        row.get() instanceof TextRow text ? text.text() : row.get().promptText();
                if (!prompt.isBlank()) {
                    prompts.add(prompt);
                }
            }
        }
        return prompts;
    }
}
