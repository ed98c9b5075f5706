package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.search.CandidateTrainingSpec;
import dev.septet.workflows.artifact.ModelChoice;
import dev.septet.workflows.artifact.ModelChoice.Examined;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.resume.Resume;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The second round of a choice between base models. */
class CandidateTrainingTest {

    /** With a cache of 0 every workflow task replays the history from its start. */
    @ParameterizedTest
    @ValueSource(ints = {600, 0})
    void theBestAfterTheShortTrainingIsChosen(int cacheSize) {
        try (Stack stack = stack(cacheSize)) {
            stack.activities.candidates.trained.putAll(Map.of("models/a", 1.4, "models/b", 0.7));
            stack.activities.candidates.after.put("models/a", "models/b");

            PipelineReport report = stack.run("hello");

            String run = Objects.requireNonNull(report.run()).runId();
            assertThat(stack.activities.candidates.calls)
                    .as("the third one of the exam does not train, and the faster one ends first")
                    .containsExactly(
                            "screen models/a",
                            "screen models/b",
                            "screen models/c",
                            "examine models/a",
                            "examine models/b",
                            "examine models/c",
                            "train models/b for 40 steps",
                            "train models/a for 40 steps",
                            "end [0 key of models/a]");
            assertThat(stack.activities.prepared)
                    .extracting(request ->
                            request.run().runId() + " " + request.model().model())
                    .as("for the exam, for each short training, and with the chosen one")
                    .containsExactlyInAnyOrder(
                            run + " models/a",
                            run + "/candidate-0 models/a",
                            run + "/candidate-1 models/b",
                            run + " models/b");
            ModelChoice choice = choice(report);
            assertThat(choice.steps()).isEqualTo(40);
            assertThat(choice.chosen()).isEqualTo("models/b");
            assertThat(stack.status("hello").stages().get(1).detail())
                    .endsWith("; models/b chosen of 3 candidates by bits per byte after 40 steps"
                            + " (models/a 1.000 -> 1.400, models/b 2.000 -> 0.700, models/c 3.000)");
        }
    }

    /** So the run's training finds the checkpoint of the short one. */
    @Test
    void theShortTrainingIsTheBeginningOfTheRunsTraining() {
        try (Stack stack = stack(600)) {
            stack.activities.candidates.trained.putAll(Map.of("models/a", 1.4, "models/b", 0.7));

            stack.run("hello");

            TrainRequest whole = stack.activities.trained.get(0);
            assertThat(stack.activities.candidates.trainings)
                    .filteredOn(request -> request.initialize().equals(whole.initialize()))
                    .singleElement()
                    .usingRecursiveComparison()
                    .ignoringFields("model.choice")
                    .isEqualTo(whole);
        }
    }

    @Test
    void ofNearlyEqualOnesTheSmallestIsChosenAfterTraining() {
        try (Stack stack = stack(600)) {
            stack.activities.candidates.trained.putAll(Map.of("models/a", 0.705, "models/b", 0.7));
            assertThat(choice(stack.run("hello")).chosen())
                    .as("0.7 percent worse, and smaller")
                    .isEqualTo("models/a");
        }
    }

    @Test
    void leavesOutACandidateThatCannotBeTrained() {
        try (Stack stack = stack(600)) {
            stack.activities.candidates.trained.put("models/a", 0.9);
            stack.activities.candidates.failures.put("models/b", outOfMemory());

            PipelineReport report = stack.run("hello");

            assertThat(choice(report).chosen()).isEqualTo("models/a");
            Examined left = choice(report).candidates().get(1);
            assertThat(left.leftOut()).isEqualTo("memory ran out: use a smaller batch size");
            assertThat(left.bitsPerByte()).as("the value of its exam stays").isEqualTo(2.0);
            assertThat(stack.activities.candidates.calls).endsWith("end [1 null]");
            assertThat(choice(report).line()).contains("models/b 2.000 left out: memory ran out");
        }
    }

    @Test
    void refusesWithAllReasonsWhenNoneCanBeTrained() {
        try (Stack stack = stack(600)) {
            stack.activities.candidates.failures.put("models/b", outOfMemory());

            assertThatThrownBy(() -> stack.run("hello"))
                    .cause()
                    .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                        assertThat(failure.getType()).isEqualTo("InvalidPipeline");
                        assertThat(failure.getOriginalMessage())
                                .isEqualTo("initialize: candidates: none of the 3 models can be the base model:"
                                        + " models/a 1.000 left out: its loss on the validation rows is not a finite"
                                        + " number after the short training; models/b 2.000 left out: memory ran out:"
                                        + " use a smaller batch size; models/c 3.000 was not among the 2 that trained;"
                                        + " raise keep:");
                    });
            assertThat(stack.activities.trained).isEmpty();
            assertThat(stack.activities.candidates.calls).endsWith("end [0 key of models/a, 1 null]");
        }
    }

    /** A failure of the machine is no property of the candidate. */
    @Test
    void aFailureOfTheBackEndEndsTheRun() {
        try (Stack stack = stack(600)) {
            stack.activities.candidates.trained.put("models/a", 0.9);
            stack.activities.candidates.failures.put(
                    "models/b",
                    ApplicationFailure.newNonRetryableFailure("the engine stopped", FailureType.BACKEND_FAILED.type()));

            assertThatThrownBy(() -> stack.run("hello")).cause().hasMessageContaining("initialize: the engine stopped");
        }
    }

    @Test
    void oneCandidateThatIsLeftNeedsNoTraining() {
        try (Stack stack = stack(600)) {
            stack.activities.candidates.refused.putAll(Map.of("models/a", "too large", "models/b", "gone"));

            PipelineReport report = stack.run("hello");

            assertThat(choice(report).chosen()).isEqualTo("models/c");
            assertThat(choice(report).steps()).isNull();
            assertThat(stack.activities.candidates.trainings).isEmpty();
        }
    }

    @Test
    void aResumedRunKeepsTheChoice() {
        try (Stack stack = stack(600)) {
            stack.activities.candidates.trained.putAll(Map.of("models/a", 1.4, "models/b", 0.7));
            stack.activities.earlier.report = stack.run("before");
            stack.activities.candidates.calls.clear();
            stack.activities.trained.clear();

            WorkflowStub run = stack.pipeline("hello");
            run.start(PipelineRequest.named("hello").resuming(new Resume("before", "run-1", Stage.TRAIN.word())));
            PipelineReport report = run.getResult(PipelineReport.class);

            assertThat(stack.activities.candidates.calls).isEmpty();
            assertThat(choice(report).steps()).isEqualTo(40);
            assertThat(stack.activities.trained)
                    .singleElement()
                    .satisfies(
                            request -> assertThat(request.initialize().model()).isEqualTo("models/b"));
        }
    }

    /** After a search, the run trains with other settings than the short trainings. */
    @Test
    void aSearchContinuesNoShortTraining() {
        try (Stack stack = stack(600)) {
            stack.activities.candidates.trained.putAll(Map.of("models/a", 1.4, "models/b", 0.7));
            stack.activities.spec = Specs.complete().using(stack.activities.spec.initialize());

            stack.run("hello");

            assertThat(stack.activities.candidates.calls).endsWith("end [0 key of models/a, 1 key of models/b]");
            assertThat(stack.activities.prepared)
                    .extracting(PrepareRequest::fold)
                    .containsOnly(0);
        }
    }

    @Test
    void theBestOfTheExamTrain() {
        List<Examined> found = List.of(
                model("a", 10, 3.0), model("b", 20, 1.0), model("c", 30, null), model("d", 5, 2.0), model("e", 4, 2.0));
        assertThat(ModelChoice.best(found, 2)).containsExactly(1, 4);
        assertThat(ModelChoice.best(found, 9)).containsExactly(0, 1, 3, 4);
    }

    static ApplicationFailure outOfMemory() {
        return ApplicationFailure.newNonRetryableFailure(
                "memory ran out: use a smaller batch size", FailureType.OUT_OF_MEMORY.type());
    }

    private static Examined model(String name, long parameters, @Nullable Double bits) {
        return new Examined(name, null, null, parameters, bits, bits == null ? "gone" : null);
    }

    private static ModelChoice choice(PipelineReport report) {
        return Objects.requireNonNull(Objects.requireNonNull(report.model()).choice());
    }

    static Stack stack(int cacheSize) {
        Stack stack = new Stack(cacheSize);
        stack.activities.spec = Specs.minimal()
                .using(new InitializeSpec(
                        "models/a",
                        null,
                        null,
                        null,
                        null,
                        List.of("models/a", "models/b", "models/c"),
                        new CandidateTrainingSpec(40, 2),
                        InitializeSpec.DEFAULT_POLICY));
        stack.activities.candidates.bits.putAll(Map.of("models/a", 1.0, "models/b", 2.0, "models/c", 3.0));
        return stack;
    }
}
