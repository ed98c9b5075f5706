package dev.septet.activities.monitor;

import dev.septet.activities.support.StageProblem;
import dev.septet.dsl.spec.DriftSpec.Feature;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Features of prompts, each a sample over them. */
record Features(Map<Feature, Sample> samples) {
    /**
     * Most prompts whose loss is computed, evenly spread over those there are: a loss costs a pass
     * through the model, a length nothing.
     */
    static final int MOST_LOSSES = 512;

    /** Most prompts of a baseline whose length and tokens are kept, evenly spread. */
    static final int MOST_VALUES = 20_000;

    /**
     * Measures.
     *
     * @param wanted features to measure; only {@code PROMPT_LOSS} runs the model
     */
    static Features of(List<String> prompts, Set<Feature> wanted, PromptReader reader) {
        Map<Feature, Sample> samples = new EnumMap<>(Feature.class);
        List<String> some = spread(prompts, MOST_VALUES);
        for (Feature feature : wanted) {
            samples.put(
                    feature,
                    Sample.of(
                            switch (feature) {
                                case PROMPT_LENGTH ->
                                        some.stream()
                                                .mapToDouble(
                                                        text ->
                                                                text.codePointCount(
                                                                        0, text.length()))
                                                .toArray();
                                case PROMPT_TOKENS ->
                                        some.stream().mapToDouble(reader::tokens).toArray();
                                case PROMPT_LOSS -> reader.losses(spread(prompts, MOST_LOSSES));
                                case ANSWER_LENGTH,
                                        LANGUAGE,
                                        PROMPT_TEXT,
                                        NEGATIVE_FEEDBACK,
                                        REFUSED ->
                                        throw StageProblem.invalid(
                                                "monitor: this worker cannot look at " + feature);
                            }));
        }
        return new Features(samples);
    }

    Sample of(Feature feature) {
        Sample sample = samples.get(feature);
        if (sample == null) {
            throw new IllegalArgumentException(feature + " was not measured");
        }
        return sample;
    }

    private static List<String> spread(List<String> all, int most) {
        if (all.size() <= most) {
            return all;
        }
        List<String> some = new ArrayList<>();
        for (int at = 0; at < most; at++) {
            some.add(all.get((int) ((long) at * all.size() / most)));
        }
        return some;
    }
}
