package dev.septet.examples.driftrates;

import dev.septet.activities.monitor.prompt.PromptReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A small language model: letters after the three before them, counted in what it was trained on.
 * It stands for the engine's in the build, where reading thousands of tickets may take a second.
 */
final class LetterModel implements PromptReader {
    private static final int ORDER = 3;
    private static final double SMOOTHING = 0.05;
    private static final int LETTERS = 100;

    private final Map<String, Integer> contexts = new HashMap<>();
    private final Map<String, Integer> grams = new HashMap<>();

    LetterModel(List<String> texts) {
        for (String text : texts) {
            for (int at = ORDER; at < text.length(); at++) {
                contexts.merge(text.substring(at - ORDER, at), 1, Integer::sum);
                grams.merge(text.substring(at - ORDER, at + 1), 1, Integer::sum);
            }
        }
    }

    @Override
    public int tokens(String text) {
        return text.split("\\W+").length;
    }

    @Override
    public double[] losses(List<String> texts) {
        return texts.stream().mapToDouble(this::loss).toArray();
    }

    private double loss(String text) {
        double loss = 0;
        for (int at = ORDER; at < text.length(); at++) {
            double seen = grams.getOrDefault(text.substring(at - ORDER, at + 1), 0);
            double all = contexts.getOrDefault(text.substring(at - ORDER, at), 0);
            loss -= Math.log((seen + SMOOTHING) / (all + SMOOTHING * LETTERS));
        }
        return loss / Math.max(1, text.length() - ORDER);
    }

    @Override
    public void close() {}
}
