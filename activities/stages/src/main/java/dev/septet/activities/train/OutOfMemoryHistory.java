package dev.septet.activities.train;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.result.StageKey;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.KeyMeasurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where memory ran out in a training: from such a step on it computes half as many tokens at once.
 * The rows of a step stay the same, the rounding of its sums does not; so a shortage is laid down
 * before the step is taken again, and every later attempt cuts the same steps the same way.
 *
 * @param steps ascending; a step stands as often as it was halved before
 */
public record OutOfMemoryHistory(List<Integer> steps) {
    /** Halvings of one training at most: down to a sixteenth. */
    static final int MOST = 4;

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

    /** Writes it for those who look at the result. */
    void writeTo(Path file) throws IOException {
        Files.writeString(file, SpecJson.mapper().writeValueAsString(steps) + "\n");
    }

    /** How often the tokens at once are halved for a step. */
    int before(int step) {
        return (int) steps.stream().filter(shortage -> shortage <= step).count();
    }

    /** With one more. */
    OutOfMemoryHistory plus(int step) {
        return new OutOfMemoryHistory(
                Stream.concat(steps.stream(), Stream.of(step)).sorted().toList());
    }

    /** The key of a result that was made so; the same key when memory sufficed. */
    StageKey key(StageKey plain) {
        return steps.isEmpty() ? plain : plain.with(KeyMeasurement.SHORTAGES.group(), SpecDigest.of(steps));
    }

    /** For people, such as {@code memory ran out: 1/2 as much at once from step 3 on}. */
    String words() {
        return steps.stream()
                .distinct()
                .map(step -> "1/%d as much at once from step %d on".formatted(1 << before(step), step))
                .collect(Collectors.joining(", ", "memory ran out: ", ""));
    }

    private static String name(String scope) {
        return "shortages/" + scope;
    }
}
