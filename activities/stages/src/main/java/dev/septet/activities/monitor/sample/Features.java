package dev.septet.activities.monitor.sample;

import dev.septet.activities.monitor.log.ObservedRequest;
import dev.septet.activities.monitor.prompt.PromptReader;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Feature;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Features of requests and answers, each a sample over them. */
public record Features(Map<Feature, FeatureSample> samples) {
    /**
     * Maximum number of prompts whose loss is computed, evenly spaced: a loss needs a forward pass
     * of the model, a length needs nothing.
     */
    public static final int MAX_LOSSES = 512;

    /** Maximum number of values in a sample, evenly spaced. */
    public static final int MAX_VALUES = 20_000;

    /** Maximum number of texts in a sample, evenly spaced. */
    public static final int MAX_TEXTS = 1000;

    public Features {
        samples = Map.copyOf(samples);
    }

    /**
     * Computes features of rows.
     *
     * @param features features to compute; only {@code PROMPT_LOSS} runs the model
     */
    public static Features of(List<ObservedRequest> rows, Set<Feature> features, PromptReader reader) {
        Map<Feature, FeatureSample> samples = new EnumMap<>(Feature.class);
        for (Feature feature : features) {
            if (feature != Feature.NEGATIVE_FEEDBACK) { // a feature of the window, not of a row
                samples.put(feature, sample(feature, rows, reader));
            }
        }
        return new Features(samples);
    }

    /** These features with one more. */
    public Features with(Feature feature, FeatureSample sample) {
        Map<Feature, FeatureSample> more = new EnumMap<>(Feature.class);
        more.putAll(samples);
        more.put(feature, sample);
        return new Features(more);
    }

    public FeatureSample of(Feature feature) {
        FeatureSample sample = samples.get(feature);
        if (sample == null) {
            throw new IllegalArgumentException(feature + " was not measured");
        }
        return sample;
    }

    private static FeatureSample sample(Feature feature, List<ObservedRequest> rows, PromptReader reader) {
        return switch (feature) {
            case PROMPT_LENGTH ->
                NumericSample.of(spread(rows, MAX_VALUES).stream()
                        .mapToDouble(ObservedRequest::promptLength)
                        .toArray());
            case PROMPT_TOKENS ->
                NumericSample.of(prompts(rows, MAX_VALUES).stream()
                        .mapToDouble(reader::tokens)
                        .toArray());
            case ANSWER_LENGTH ->
                NumericSample.of(spread(rows, MAX_VALUES).stream()
                        .map(ObservedRequest::answerLength)
                        .filter(Objects::nonNull)
                        .mapToDouble(Integer::doubleValue)
                        .toArray());
            case LANGUAGE ->
                Counts.of(prompts(rows, MAX_TEXTS).stream().map(Languages::of).toList());
            case PROMPT_TEXT -> new TextFeatures(prompts(rows, MAX_TEXTS));
            case PROMPT_LOSS -> NumericSample.of(reader.losses(prompts(rows, MAX_LOSSES)));
            case REFUSED ->
                new Proportion(
                        rows.stream()
                                .filter(row -> Boolean.TRUE.equals(row.refused()))
                                .count(),
                        rows.stream().filter(row -> row.refused() != null).count());
            case NEGATIVE_FEEDBACK -> throw new IllegalArgumentException("no row has feedback");
        };
    }

    private static List<String> prompts(List<ObservedRequest> rows, int max) {
        return spread(
                rows.stream()
                        .map(ObservedRequest::prompt)
                        .filter(Objects::nonNull)
                        .filter(prompt -> !prompt.isBlank())
                        .toList(),
                max);
    }

    private static <T> List<T> spread(List<T> all, int max) {
        if (all.size() <= max) {
            return all;
        }
        List<T> sampled = new ArrayList<>();
        for (int at = 0; at < max; at++) {
            sampled.add(all.get((int) ((long) at * all.size() / max)));
        }
        return sampled;
    }
}
