package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ModelChoice;
import dev.septet.workflows.artifact.ModelChoice.Examined;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.resume.Resume;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CandidatesTest {
    private static final InitializeSpec THREE = new InitializeSpec(
            "models/a",
            null,
            null,
            null,
            null,
            List.of("models/a", "models/b", "models/c"),
            InitializeSpec.DEFAULT_POLICY);

    /** With a cache of 0 every workflow task replays the history from its start. */
    @ParameterizedTest
    @ValueSource(ints = {600, 0})
    void trainsTheBestCandidate(int cacheSize) {
        try (Stack stack = stack(cacheSize)) {
            stack.activities.candidates.refused.put("models/a", "require licence: the model's licence is mit");
            stack.activities.candidates.bits.putAll(Map.of("models/b", 2.5, "models/c", 1.5));

            PipelineReport report = stack.run("hello");

            assertThat(stack.activities.candidates.calls)
                    .containsExactly(
                            "screen models/a",
                            "screen models/b",
                            "screen models/c",
                            "examine models/b",
                            "examine models/c");
            assertThat(stack.activities.prepared)
                    .extracting(PrepareRequest::model)
                    .as("prepared for the exam with the first that can be used, and then with the chosen one")
                    .containsExactly(THREE.using("models/b"), THREE.using("models/c", FakeCandidates.DIGEST));
            assertThat(stack.activities.trained)
                    .singleElement()
                    .satisfies(request ->
                            assertThat(request.initialize()).isEqualTo(THREE.using("models/c", FakeCandidates.DIGEST)));
            ModelChoice choice = Objects.requireNonNull(
                    Objects.requireNonNull(report.model()).choice());
            assertThat(choice.chosen()).isEqualTo("models/c");
            assertThat(stack.status("hello").stages().get(1).detail())
                    .endsWith("; models/c chosen of 3 candidates by bits per byte (models/a left out: require licence:"
                            + " the model's licence is mit, models/b 2.500, models/c 1.500)");
        }
    }

    @Test
    void refusesWhenNoCandidateIsLeft() {
        try (Stack stack = stack(600)) {
            stack.activities.candidates.refused.putAll(
                    Map.of("models/a", "no such folder", "models/b", "too many parameters"));

            assertThatThrownBy(() -> stack.run("hello"))
                    .cause()
                    .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                        assertThat(failure.getType()).isEqualTo("InvalidPipeline");
                        assertThat(failure.getOriginalMessage())
                                .isEqualTo("initialize: candidates: none of the 3 models can be the base model:"
                                        + " models/a left out: no such folder; models/b left out: too many parameters;"
                                        + " models/c left out: its loss on the validation rows is not a finite number");
                    });
            assertThat(stack.activities.trained).isEmpty();
        }
    }

    @Test
    void aResumedRunKeepsTheChoice() {
        try (Stack stack = stack(600)) {
            stack.activities.candidates.bits.putAll(Map.of("models/a", 2.0, "models/b", 1.0, "models/c", 3.0));
            stack.activities.earlier.report = stack.run("before");
            ModelRef earlier = Objects.requireNonNull(stack.activities.earlier.report.model());
            stack.activities.candidates.calls.clear();
            stack.activities.candidates.bits.put("models/c", 0.1);
            stack.activities.trained.clear();

            WorkflowStub run = stack.pipeline("hello");
            run.start(PipelineRequest.named("hello").resuming(new Resume("before", "run-1", Stage.TRAIN.word())));
            PipelineReport report = run.getResult(PipelineReport.class);

            assertThat(stack.activities.candidates.calls).isEmpty();
            assertThat(Objects.requireNonNull(report.model()).choice()).isEqualTo(earlier.choice());
            assertThat(stack.activities.trained)
                    .singleElement()
                    .satisfies(
                            request -> assertThat(request.initialize().model()).isEqualTo("models/b"));
        }
    }

    /** Its rows may be of another candidate's tokenizer than the one that is chosen now. */
    @Test
    void choosesAgainWhenTheEarlierRunChoseNothing() {
        try (Stack stack = stack(600)) {
            stack.activities.candidates.bits.putAll(Map.of("models/a", 2.0, "models/b", 1.0, "models/c", 3.0));
            stack.activities.earlier.report = stack.run("before");
            stack.activities.prepared.clear();

            WorkflowStub run = stack.pipeline("hello");
            run.start(PipelineRequest.named("hello").resuming(new Resume("before", "run-1", Stage.INITIALIZE.word())));
            run.getResult(PipelineReport.class);

            assertThat(stack.activities.prepared)
                    .extracting(request -> request.model().model())
                    .containsExactly("models/a", "models/b");
        }
    }

    @Test
    void ofNearlyEqualOnesTheSmallestIsChosen() {
        assertThat(chosen(model("large", 900, 1.0), model("small", 100, 1.009), model("tiny", 10, 1.011)))
                .hasValue("small");
        assertThat(chosen(model("first", 100, 1.0), model("second", 100, 1.0))).hasValue("first");
        assertThat(chosen(model("diverged", 1, Double.NaN), model("other", 100, 7.0)))
                .hasValue("other");
        assertThat(chosen(model("endless", 1, Double.POSITIVE_INFINITY), Examined.leftOut("gone", "no such folder")))
                .isEmpty();
    }

    /** The candidates are examined on the rows of the other pipeline, which no earlier result replaces. */
    @Test
    void choosesAgainOnTheRowsOfAnotherPipeline() {
        try (Stack stack = stack(600)) {
            stack.activities.spec = Specs.from("hello", "tickets").using(THREE);
            stack.activities.others.put("tickets", Specs.from("tickets", null));
            stack.activities.candidates.bits.putAll(Map.of("models/a", 2.0, "models/b", 1.0, "models/c", 3.0));
            stack.activities.earlier.report = stack.run("before");
            stack.activities.prepared.clear();

            WorkflowStub run = stack.pipeline("hello");
            run.start(PipelineRequest.named("hello").resuming(new Resume("before", "run-1", Stage.INITIALIZE.word())));
            run.getResult(PipelineReport.class);

            assertThat(stack.activities.prepared.stream()
                            .filter(request -> request.run().pipeline().equals("hello")))
                    .hasSize(2)
                    .allSatisfy(request -> assertThat(request.rows()).isNotNull());
        }
    }

    private static Optional<String> chosen(Examined... candidates) {
        return ModelChoice.of(List.of(candidates)).map(ModelChoice::chosen);
    }

    private static Examined model(String name, long parameters, double bits) {
        return new Examined(name, new ArtifactRef("file:x", "a".repeat(64), 1), null, parameters, null, null)
                .with(bits);
    }

    static Stack stack(int cacheSize) {
        Stack stack = new Stack(cacheSize);
        stack.activities.spec = Specs.minimal().using(THREE);
        return stack;
    }
}
