package dev.septet.activities.monitor;

import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.monitor.log.ObservedRequest;
import dev.septet.activities.monitor.prompt.PromptReader;
import dev.septet.activities.monitor.sample.FeatureSample;
import dev.septet.activities.monitor.sample.Features;
import dev.septet.activities.monitor.sample.Proportion;
import dev.septet.activities.monitor.sample.SampleJson;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Feature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Features of the rows that a model was trained on, computed once per dataset, model and set of
 * features. Records: {@code baselines/<digest of these>}; texts stay in the dataset.
 */
final class Baselines {
    private final ArtifactStore store;
    private final Fence fence;

    Baselines(ArtifactStore store, Fence fence) {
        this.store = store;
        this.fence = fence;
    }

    /**
     * The baseline of a model.
     *
     * @param dataset digest of the prepared dataset
     * @param model digests of the deployed model's parts
     * @param training file of the training split
     */
    Features of(String dataset, List<String> model, Path training, Set<Feature> requested, PromptReader reader)
            throws IOException {
        Set<Feature> kept = EnumSet.noneOf(Feature.class);
        kept.addAll(requested);
        kept.remove(Feature.PROMPT_TEXT);
        kept.remove(Feature.NEGATIVE_FEEDBACK);
        String name = name("baselines/", dataset, model, kept);
        Optional<Map<Feature, FeatureSample>> stored = store.record(name)
                .flatMap(SampleJson::read)
                .filter(samples -> samples.keySet().containsAll(kept));
        boolean texts = requested.contains(Feature.PROMPT_TEXT);
        List<ObservedRequest> rows = stored.isEmpty() || texts ? rows(training) : List.of();
        Features features;
        if (stored.isPresent()) {
            features = new Features(stored.get());
        } else {
            features = Features.of(rows, kept, reader);
            record(name, features.samples());
        }
        return texts
                ? features.with(
                        Feature.PROMPT_TEXT,
                        Features.of(rows, EnumSet.of(Feature.PROMPT_TEXT), reader)
                                .of(Feature.PROMPT_TEXT))
                : features;
    }

    /**
     * The first feedback on a model. Training data has no feedback, so the first window with enough
     * opinions is the baseline of later windows.
     *
     * @param now opinions of the present window
     */
    Proportion feedback(String dataset, List<String> model, Proportion now, long min) throws IOException {
        String name = name("baselines/opinions-", dataset, model, Set.of());
        Optional<FeatureSample> stored =
                store.record(name).flatMap(SampleJson::read).map(samples -> samples.get(Feature.NEGATIVE_FEEDBACK));
        if (stored.isPresent() && stored.get() instanceof Proportion first) {
            return first;
        }
        if (now.size() >= min) {
            Map<Feature, FeatureSample> first = new EnumMap<>(Feature.class);
            first.put(Feature.NEGATIVE_FEEDBACK, now);
            record(name, first);
        }
        return now;
    }

    /** Records samples; releases the fencing token again, because a monitor runs for ever. */
    private void record(String name, Map<Feature, FeatureSample> samples) throws IOException {
        try {
            store.open(fence);
            store.putRecord(name, SampleJson.write(samples), fence);
        } finally {
            store.release(fence);
        }
    }

    private static String name(String prefix, String dataset, List<String> model, Set<Feature> features) {
        TreeMap<String, Object> parts = new TreeMap<>();
        parts.put("revision", StageKey.REVISION);
        parts.put("dataset", dataset);
        parts.put(
                "features", features.stream().sorted().map(SpecDigest::constant).toList());
        parts.put("model", model);
        return prefix + SpecDigest.of(parts);
    }

    /**
     * The prompts and answers of the training data; of plain text, the text itself as the prompt.
     */
    private static List<ObservedRequest> rows(Path training) throws IOException {
        List<ObservedRequest> rows = new ArrayList<>();
        try (PreparedRows prepared = PreparedRows.open(training)) {
            for (Optional<Row> row = prepared.next(); row.isPresent(); row = prepared.next()) {
                String prompt = row.get() instanceof TextRow text
                        ? text.text()
                        : row.get().promptText();
                if (!prompt.isBlank()) {
                    rows.add(ObservedRequest.of(prompt, row.get().reference().orElse(null)));
                }
            }
        }
        return rows;
    }
}
