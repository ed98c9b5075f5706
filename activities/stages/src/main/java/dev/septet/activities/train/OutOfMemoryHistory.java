package dev.septet.activities.train;

import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.graph.KeyMeasurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The steps at which a training ran out of memory. From each of these steps on, the micro-batch
 * token budget is halved. The rows of a step stay the same, but the rounding of its sums changes.
 * Therefore a shortage is recorded before the step is repeated, and every later attempt splits the
 * same steps in the same way.
 *
 * @param steps ascending; a step occurs once per halving
 */
public record OutOfMemoryHistory(List<Integer> steps) {
    /** Maximum number of halvings in one training: down to a sixteenth. */
    static final int MAX = 4;

    /** Name of its file beside {@link TrainingLedger#FILE}. */
    static final String FILE = "shortages.json";

    public OutOfMemoryHistory {
        steps = List.copyOf(steps);
    }

    static OutOfMemoryHistory read(ArtifactStore store, String scope) throws IOException {
        String text = store.record(name(scope)).orElse("[]");
        return new OutOfMemoryHistory(Arrays.asList(SpecJson.mapper().readValue(text, Integer[].class)));
    }

    void write(ArtifactStore store, String scope, Fence fence) throws IOException {
        store.putRecord(name(scope), SpecJson.mapper().writeValueAsString(steps), fence);
    }

    /** Writes it beside the result, for people. */
    void writeTo(Path file) throws IOException {
        Files.writeString(file, SpecJson.mapper().writeValueAsString(steps) + "\n");
    }

    /** Number of halvings of the token budget for a step. */
    int before(int step) {
        return (int) steps.stream().filter(halved -> halved <= step).count();
    }

    /** This history with one more shortage. */
    OutOfMemoryHistory plus(int step) {
        return new OutOfMemoryHistory(
                Stream.concat(steps.stream(), Stream.of(step)).sorted().toList());
    }

    /** The key of the result; the same key when memory was always sufficient. */
    StageKey key(StageKey key) {
        return steps.isEmpty() ? key : key.with(KeyMeasurement.SHORTAGES.group(), SpecDigest.of(steps));
    }

    /** A text for people, such as {@code memory ran out: 1/2 as much at once from step 3 on}. */
    String describe() {
        return steps.stream()
                .distinct()
                .map(step ->
                        String.format(Locale.ROOT, "1/%d as much at once from step %d on", 1 << before(step), step))
                .collect(Collectors.joining(", ", "memory ran out: ", ""));
    }

    private static String name(String scope) {
        return "shortages/" + scope;
    }
}
