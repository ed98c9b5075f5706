package dev.septet.activities.monitor.sample;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Feature;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Converts samples to JSON, except texts: numbers to an array, counts and proportions to an object.
 */
public final class SampleJson {
    private SampleJson() {}

    public static String write(Map<Feature, FeatureSample> samples) throws JsonProcessingException {
        TreeMap<String, Object> json = new TreeMap<>();
        samples.forEach((feature, sample) -> {
            if (sample instanceof NumericSample numbers) {
                json.put(feature.name(), numbers.values());
            } else if (sample instanceof Counts counts) {
                json.put(feature.name(), counts.of());
            } else if (sample instanceof Proportion share) {
                json.put(feature.name(), share);
            }
        });
        return SpecJson.mapper().writeValueAsString(json);
    }

    /** Parses samples; empty when the text is damaged. */
    public static Optional<Map<Feature, FeatureSample>> read(String text) {
        try {
            JsonNode json = SpecJson.mapper().readTree(text);
            Map<Feature, FeatureSample> samples = new EnumMap<>(Feature.class);
            for (Feature feature : Feature.values()) {
                if (json.has(feature.name())) {
                    samples.put(feature, sample(feature, json.get(feature.name())));
                }
            }
            return Optional.of(samples);
        } catch (JsonProcessingException | IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }

    private static FeatureSample sample(Feature feature, JsonNode json) throws JsonProcessingException {
        return switch (feature.kind()) {
            case NUMBER, LOSS -> NumericSample.of(SpecJson.mapper().treeToValue(json, double[].class));
            case CATEGORY ->
                new Counts(SpecJson.mapper().convertValue(json, new TypeReference<TreeMap<String, Long>>() {}));
            case REFUSAL, FEEDBACK -> SpecJson.mapper().treeToValue(json, Proportion.class);
            case TEXT -> throw new IllegalArgumentException("texts are not written");
        };
    }
}
