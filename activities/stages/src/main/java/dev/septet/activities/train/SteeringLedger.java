package dev.septet.activities.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.result.StageKey;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.train.SteeringAction;
import dev.septet.workflows.train.SteeringDecision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The steering commands of a training and the steps at which they take effect. All effects of
 * steering on a step are a function of this ledger and the step's number. So a training that
 * continues from any checkpoint repeats them at the same steps.
 *
 * @param decisions accepted commands in the order in which they take effect
 * @param lastCommand sequence number of the last decided command, 0 = none
 */
public record SteeringLedger(List<SteeringDecision> decisions, int lastCommand) {
    /** A ledger without commands. */
    static final SteeringLedger EMPTY = new SteeringLedger(List.of(), 0);

    /** Name of its file beside {@link TrainingLedger#FILE}. */
    static final String FILE = "steering.jsonl";

    /**
     * A change of the result's bytes.
     *
     * @param step the first changed step
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Altered(
            int step, SteeringAction action, @Nullable Double learningRate) {}

    static SteeringLedger of(List<SteeringDecision> all) {
        return new SteeringLedger(
                all.stream()
                        .filter(decision -> decision.refused() == null)
                        .sorted(Comparator.comparingInt(SteeringDecision::step)
                                .thenComparingInt(SteeringDecision::sequence))
                        .toList(),
                all.stream().mapToInt(SteeringDecision::sequence).max().orElse(0));
    }

    /**
     * The learning rate of a step.
     *
     * @param scheduled learning rate of the file's schedule
     */
    double learningRate(int step, double scheduled) {
        return last(step, SteeringAction.SET_LEARNING_RATE)
                .map(SteeringDecision::learningRate)
                .orElse(scheduled);
    }

    /** Whether the training ends before this step. */
    public boolean stops(int step) {
        return last(step, SteeringAction.STOP_EARLY).isPresent();
    }

    /** Whether the training waits before this step. */
    public boolean pauses(int step) {
        return last(step, SteeringAction.PAUSE, SteeringAction.RESUME)
                .filter(last -> last.action() == SteeringAction.PAUSE)
                .isPresent();
    }

    /** Whether a checkpoint was requested before this step. */
    public boolean commits(int step) {
        return decisions.stream()
                .anyMatch(decision -> decision.step() == step && decision.action() == SteeringAction.CHECKPOINT_NOW);
    }

    /** The changes of the result, in order; empty when there are none. */
    List<Altered> altered() {
        return decisions.stream()
                .filter(decision -> decision.action().altersResult())
                .map(decision -> new Altered(decision.step(), decision.action(), decision.learningRate()))
                .toList();
    }

    /** The key of the steered result; the same key when steering did not change it. */
    StageKey key(StageKey key) {
        return altered().isEmpty() ? key : key.with(KeyMeasurement.STEERING.group(), SpecDigest.of(altered()));
    }

    /**
     * A text for people, such as {@code learning rate 1.0E-4 from step 20 on, ended before step
     * 40}.
     */
    String describe() {
        return altered().stream()
                .map(altered -> altered.action() == SteeringAction.STOP_EARLY
                        ? String.format(Locale.ROOT, "ended before step %d", altered.step())
                        : String.format(
                                Locale.ROOT,
                                "learning rate %s from step %d on",
                                altered.learningRate(),
                                altered.step()))
                .collect(Collectors.joining(", "));
    }

    /** Writes the changes of the result, one JSON object per line. */
    void writeTo(Path file) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Altered altered : altered()) {
            text.append(SpecJson.mapper().writeValueAsString(altered)).append('\n');
        }
        Files.writeString(file, text, StandardCharsets.UTF_8);
    }

    private Optional<SteeringDecision> last(int step, SteeringAction... actions) {
        return decisions.stream()
                .filter(decision -> decision.step() <= step)
                .filter(decision -> List.of(actions).contains(decision.action()))
                .reduce((before, later) -> later);
    }
}
