package dev.septet.activities.evaluate.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The curves of {@code ledger.jsonl}. Each line is a JSON object with {@code step} and any of
 * {@code loss}, {@code learningRate}, {@code gradientNorm}, {@code validationLoss}, {@code
 * rewardAccuracy}, {@code validationAccuracy}, and a program's name. The last line of a step
 * counts. Unknown lines and fields are ignored, because a report must not fail because of a curve.
 *
 * @param rewardAccuracy fraction of a step's pairs that the model ranks correctly; empty without
 *     pairs
 * @param validationAccuracy the same for the validation split
 * @param programs names of the engine's programs that computed the steps
 * @param checks the warnings about the training
 */
public record LossCurve(
        SortedMap<Integer, Double> loss,
        SortedMap<Integer, Double> validationLoss,
        SortedMap<Integer, Double> learningRate,
        SortedMap<Integer, Double> gradientNorm,
        SortedMap<Integer, Double> rewardAccuracy,
        SortedMap<Integer, Double> validationAccuracy,
        SortedSet<String> programs,
        TrainingChecks checks) {
    public LossCurve {
        loss = Collections.unmodifiableSortedMap(loss);
        validationLoss = Collections.unmodifiableSortedMap(validationLoss);
        learningRate = Collections.unmodifiableSortedMap(learningRate);
        gradientNorm = Collections.unmodifiableSortedMap(gradientNorm);
        rewardAccuracy = Collections.unmodifiableSortedMap(rewardAccuracy);
        validationAccuracy = Collections.unmodifiableSortedMap(validationAccuracy);
        programs = Collections.unmodifiableSortedSet(programs);
    }

    /** Curves of a training without preference pairs. */
    public LossCurve(
            SortedMap<Integer, Double> loss,
            SortedMap<Integer, Double> validationLoss,
            SortedMap<Integer, Double> learningRate,
            SortedMap<Integer, Double> gradientNorm,
            SortedSet<String> programs) {
        this(
                loss,
                validationLoss,
                learningRate,
                gradientNorm,
                new TreeMap<>(),
                new TreeMap<>(),
                programs,
                TrainingChecks.NONE);
    }

    /** The same curves with the warnings beside the ledger. */
    public LossCurve withChecks(Path ledger, boolean adapter) {
        return new LossCurve(
                loss,
                validationLoss,
                learningRate,
                gradientNorm,
                rewardAccuracy,
                validationAccuracy,
                programs,
                TrainingChecks.read(ledger, adapter));
    }

    /** Whether the training used preference pairs. */
    public boolean ofPairs() {
        return !rewardAccuracy.isEmpty();
    }

    /** Reads the file; a missing file gives empty curves. */
    public static LossCurve read(Path file) throws IOException {
        SortedMap<Integer, Double> loss = new TreeMap<>();
        SortedMap<Integer, Double> validation = new TreeMap<>();
        SortedMap<Integer, Double> rate = new TreeMap<>();
        SortedMap<Integer, Double> norm = new TreeMap<>();
        SortedMap<Integer, Double> accuracy = new TreeMap<>();
        SortedMap<Integer, Double> validationAccuracy = new TreeMap<>();
        SortedSet<String> programs = new TreeSet<>();
        if (!Files.isRegularFile(file)) {
            return new LossCurve(
                    loss, validation, rate, norm, accuracy, validationAccuracy, programs, TrainingChecks.NONE);
        }
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode entry = entry(line);
                put(loss, entry, "loss");
                put(validation, entry, "validationLoss");
                put(rate, entry, "learningRate");
                put(norm, entry, "gradientNorm");
                put(accuracy, entry, "rewardAccuracy");
                put(validationAccuracy, entry, "validationAccuracy");
                if (entry.path("program").isTextual()) {
                    programs.add(entry.path("program").textValue());
                }
            }
        }
        return new LossCurve(loss, validation, rate, norm, accuracy, validationAccuracy, programs, TrainingChecks.NONE);
    }

    private static JsonNode entry(String line) {
        try {
            return SpecJson.mapper().readTree(line);
        } catch (JsonProcessingException e) {
            return SpecJson.mapper().missingNode();
        }
    }

    private static void put(SortedMap<Integer, Double> curve, JsonNode entry, String name) {
        JsonNode step = entry.path("step");
        JsonNode value = entry.path(name);
        if (step.isInt() && value.isNumber()) {
            curve.put(step.intValue(), value.doubleValue());
        } else if (step.isInt() && value.isTextual() && value.textValue().equals("NaN")) {
            curve.put(step.intValue(), Double.NaN);
        }
    }
}
