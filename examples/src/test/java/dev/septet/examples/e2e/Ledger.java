package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The steps that a training run wrote down. */
final class Ledger {
    private Ledger() {}

    /** The lines of optimizer steps, after a check that each of 0..steps-1 is there once. */
    static List<String> steps(Path file, int steps) throws IOException {
        List<String> lines = Files.readAllLines(file).stream()
                .filter(line -> json(line).has("gradientNorm"))
                .toList();
        assertThat(lines.stream().map(line -> json(line).get("step").asInt()))
                .as("every step once, in order")
                .isEqualTo(IntStream.range(0, steps).boxed().toList());
        return lines;
    }

    private static JsonNode json(String line) {
        try {
            return SpecJson.mapper().readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a ledger line that is no JSON: " + line, e);
        }
    }
}
