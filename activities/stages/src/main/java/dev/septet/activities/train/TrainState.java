package dev.septet.activities.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that determines the rest of a training besides parameters and moments; part of every
 * checkpoint.
 *
 * @param workers fingerprints of the workers that computed the steps so far, in order
 * @param validationLoss loss of the last validation, null before the first one
 * @param bestLoss smallest validation loss so far, null before the first validation
 * @param bestStep number of steps done when it was measured
 * @param looksWithoutBetter number of validations since then
 * @param skipped steps whose rows are skipped
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TrainState(
        List<String> workers,
        @Nullable Double validationLoss,
        @Nullable Double bestLoss,
        int bestStep,
        int looksWithoutBetter,
        List<Integer> skipped) {
    private static final String FILE = "training.json";

    TrainState {
        workers = List.copyOf(workers);
        skipped = List.copyOf(skipped);
    }

    static TrainState initial(String worker) {
        return new TrainState(List.of(worker), null, null, 0, 0, List.of());
    }

    static TrainState read(Path checkpoint) throws IOException {
        return SpecJson.mapper().readValue(Files.readAllBytes(checkpoint.resolve(FILE)), TrainState.class);
    }

    void writeTo(Path checkpoint) throws IOException {
        Files.write(checkpoint.resolve(FILE), SpecJson.mapper().writeValueAsBytes(this));
    }

    /** The state after another worker continues; unchanged for the same worker. */
    TrainState continuedOn(String worker) {
        if (workers.get(workers.size() - 1).equals(worker)) {
            return this;
        }
        List<String> more = new ArrayList<>(workers);
        more.add(worker);
        return new TrainState(more, validationLoss, bestLoss, bestStep, looksWithoutBetter, skipped);
    }

    /**
     * The state after a validation.
     *
     * @param step number of steps done
     */
    TrainState validated(int step, double loss) {
        boolean better = bestLoss == null || loss < bestLoss;
        return new TrainState(
                workers,
                loss,
                better ? (Double) loss : bestLoss,
                better ? step : bestStep,
                better ? 0 : looksWithoutBetter + 1,
                skipped);
    }

    /** The state with one more skipped step. */
    TrainState skipping(int step) {
        List<Integer> more = new ArrayList<>(skipped);
        more.add(step);
        return new TrainState(workers, validationLoss, bestLoss, bestStep, looksWithoutBetter, more);
    }
}
