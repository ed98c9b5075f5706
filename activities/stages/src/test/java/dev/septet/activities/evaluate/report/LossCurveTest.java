package dev.septet.activities.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossCurveTest {
    @TempDir
    Path folder;

    @Test
    void readsWhatItKnowsAndPassesOverTheRest() throws IOException {
        Path file = Files.writeString(folder.resolve("ledger.jsonl"), """
            {"step":1,"program":"lora","loss":3.5,"learningRate":0.0001,"gradientNorm":1.25,"tokens":512,"lossBits":"400c000000000000"}
            {"step":2,"loss":"NaN","learningRate":0.0002,"gradientNorm":null}
            {"step":2,"validationLoss":2.5}
            not json at all
            [1,2]
            {"loss":9}
            {"step":2,"loss":3.25,"program":"lora"}

            {"step":3,"loss":3.0,"learningRa\
            """);
        LossCurve ledger = LossCurve.read(file);
        assertThat(ledger.loss()).containsExactly(entry(1, 3.5), entry(2, 3.25));
        assertThat(ledger.validationLoss()).containsExactly(entry(2, 2.5));
        assertThat(ledger.learningRate()).containsExactly(entry(1, 1e-4), entry(2, 2e-4));
        assertThat(ledger.gradientNorm()).containsExactly(entry(1, 1.25));
        assertThat(ledger.programs()).containsExactly("lora");
    }

    @Test
    void tellsPairsFromTokens() throws IOException {
        Path file = Files.writeString(folder.resolve("pairs.jsonl"), """
            {"step":0,"loss":0.69,"rewardAccuracy":0.0,"rewardMargin":0.0}
            {"step":1,"loss":0.5,"rewardAccuracy":0.75,"validationAccuracy":0.5}
            """);
        LossCurve ledger = LossCurve.read(file);
        assertThat(ledger.ofPairs()).isTrue();
        assertThat(ledger.rewardAccuracy()).containsExactly(entry(0, 0.0), entry(1, 0.75));
        assertThat(ledger.validationAccuracy()).containsExactly(entry(1, 0.5));
    }

    @Test
    void isEmptyWithoutAFile() throws IOException {
        assertThat(LossCurve.read(folder.resolve("none")).loss()).isEmpty();
    }

    private static Map.Entry<Integer, Double> entry(int step, double value) {
        return Map.entry(step, value);
    }
}
