package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.train.AdapterSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.workflows.StageStatus.State;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.evaluate.EvaluateRequest;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineWorkflowTest {
    @ParameterizedTest
    @ValueSource(ints = {600, 0})
    void runsTheSevenStagesInTheirOrderOnTheirQueues(int cacheSize) {
        try (Stack stack = new Stack(cacheSize)) {
            PipelineReport report = stack.run("hello");

            List<String> calls = List.copyOf(stack.activities.calls);
            assertThat(calls.subList(0, 4))
                    .containsExactly("Resolve@septet", "Prepare@septet", "Initialize@septet", "Preflight@lab-gpu");
            assertThat(calls.subList(4, 8)).containsOnly("Trial@lab-gpu");
            assertThat(calls.subList(8, 13))
                    .containsExactly(
                            "Train@lab-gpu", "Evaluate@lab-gpu", "Export@lab-gpu", "Publish@septet", "Promote@septet");
            assertThat(report.deployment()).isNotNull();
            assertThat(report.monitorId()).isEqualTo("hello/monitor");
            assertThat(stack.status("hello").stages())
                    .extracting(StageStatus::state)
                    .containsExactly(
                            State.DONE, State.DONE, State.DONE, State.DONE, State.DONE, State.DONE, State.RUNNING);
        }
    }

    @Test
    void trainsWithTheSearchsBestPoint() {
        try (Stack stack = new Stack(600)) {
            stack.run("hello");

            assertThat(stack.activities.trained).singleElement().satisfies(request -> {
                assertThat(request.learningRate()).isEqualTo(2e-4);
                assertThat(request.rank()).isEqualTo(8);
            });
            assertThat(stack.activities.evaluated)
                    .as("the model card has the settings of the training")
                    .extracting(EvaluateRequest::trained)
                    .singleElement()
                    .satisfies(card -> {
                        TrainSpec trained = Objects.requireNonNull(card);
                        assertThat(trained.learningRate().peak()).isEqualTo(2e-4);
                        assertThat(((AdapterSpec) trained.method()).adapter().rank())
                                .isEqualTo(8);
                    });
        }
    }

    @Test
    void leavesOutWhatTheFileDoesNotName() {
        try (Stack stack = new Stack(600)) {
            stack.activities.spec = Specs.minimal();

            PipelineReport report = stack.run("hello");

            assertThat(report.deployment()).isNull();
            assertThat(stack.activities.calls).noneMatch(call -> call.startsWith("Trial"));
            assertThat(stack.status("hello").stages().subList(5, 7))
                    .extracting(StageStatus::state)
                    .containsOnly(State.SKIPPED);
        }
    }

    @Test
    void saysWhichStagesWereReusedAndWhy() {
        try (Stack stack = new Stack(600)) {
            stack.activities.reused = true;

            stack.run("hello");

            assertThat(stack.status("hello").stages().get(3)).satisfies(train -> {
                assertThat(train.state()).isEqualTo(State.REUSED);
                assertThat(train.detail()).contains("unchanged since run-1");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NO_GO", "INCONCLUSIVE"})
    void deploysNothingUnlessTheGateSaysGo(String verdict) {
        try (Stack stack = new Stack(600)) {
            stack.activities.verdict = Verdict.valueOf(verdict);

            assertThatThrownBy(() -> stack.run("hello"))
                    .isInstanceOf(WorkflowFailedException.class)
                    .cause()
                    .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                        assertThat(failure.getType()).isEqualTo("GateFailed");
                        assertThat(failure.getOriginalMessage()).contains(verdict, "exactMatch: 0.95 against 0.9");
                    });
            assertThat(stack.activities.calls).noneMatch(call -> call.startsWith("Publish"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NO_GO", "INCONCLUSIVE"})
    void toAScheduleAVerdictIsAResult(String verdict) {
        try (Stack stack = new Stack(0)) {
            stack.activities.verdict = Verdict.valueOf(verdict);
            WorkflowStub run = stack.pipeline("hello");

            run.start(PipelineRequest.named("hello")
                    .retraining(new Retraining(Trigger.SCHEDULE, "by its schedule", null, null, -1)));

            PipelineReport.Refusal refusal =
                    Objects.requireNonNull(run.getResult(PipelineReport.class).refusal());
            assertThat(refusal.type()).isEqualTo("GateFailed");
            assertThat(refusal.message()).contains(verdict, "exactMatch: 0.95 against 0.9");
            assertThat(run.query("report", PipelineReport.class).refusal()).isEqualTo(refusal);
            assertThat(stack.activities.calls).noneMatch(call -> call.startsWith("Publish"));
        }
    }

    @Test
    void aFailureFailsAScheduledRunToo() {
        try (Stack stack = new Stack(600)) {
            stack.activities.trainFailure = FailureType.POISON_DATA.of("no row is left");
            WorkflowStub run = stack.pipeline("hello");

            run.start(PipelineRequest.named("hello")
                    .retraining(new Retraining(Trigger.SCHEDULE, "by its schedule", null, null, -1)));

            assertThatThrownBy(() -> run.getResult(PipelineReport.class)).isInstanceOf(WorkflowFailedException.class);
        }
    }

    @Test
    void judgesAnewWhenTheChampionChangedMeanwhile() {
        try (Stack stack = new Stack(600)) {
            stack.activities.staleVerdicts.set(2);

            assertThat(stack.run("hello").deployment()).isNotNull();
            assertThat(stack.activities.calls)
                    .filteredOn("Evaluate@lab-gpu"::equals)
                    .hasSize(3);
        }
    }

    @Test
    void givesUpWhenTheChampionChangesAgainAndAgain() {
        try (Stack stack = new Stack(600)) {
            stack.activities.staleVerdicts.set(9);

            assertThatThrownBy(() -> stack.run("hello"))
                    .cause()
                    .isInstanceOfSatisfying(
                            ApplicationFailure.class,
                            failure -> assertThat(failure.getType()).isEqualTo("VerdictStale"));
            assertThat(stack.activities.calls).doesNotContain("Promote@septet");
        }
    }

    @Test
    void failsAtOnceOnAnUnknownPipelineAndListsTheKnown() {
        try (Stack stack = new Stack(600)) {
            WorkflowStub pipeline = stack.pipeline("nope");
            pipeline.start(PipelineRequest.named("helo"));

            assertThatThrownBy(() -> pipeline.getResult(PipelineReport.class))
                    .cause()
                    .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                        assertThat(failure.getType()).isEqualTo("InvalidPipeline");
                        assertThat(failure.getOriginalMessage())
                                .isEqualTo("`helo` is not a known pipeline. Known: hello");
                    });
            assertThat(stack.activities.calls).containsExactly("Resolve@septet");
        }
    }

    @Test
    void namesTheStageThatFailedInOneSentence() {
        try (Stack stack = new Stack(600)) {
            stack.activities.trainFailure = FailureType.CHECKPOINT_CORRUPT.of("no checkpoint of the run verifies");

            assertThatThrownBy(() -> stack.run("hello"))
                    .cause()
                    .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                        assertThat(failure.getType()).isEqualTo("CheckpointCorrupt");
                        assertThat(failure.getOriginalMessage()).isEqualTo("train: no checkpoint of the run verifies");
                    });
            assertThat(stack.activities.trained).hasSize(1);
        }
    }

    @Test
    void theStageItselfCountsItsAttemptsNotTheServer() {
        try (Stack stack = new Stack(600)) {
            stack.activities.trainFailure = FailureType.BACKEND_FAILED.of("the engine stopped");
            stack.activities.trainGivesUpAt = 25;

            assertThatThrownBy(() -> stack.run("hello")).isInstanceOf(WorkflowFailedException.class);

            assertThat(Specs.complete().train().policy().attempts()).isLessThan(25);
            assertThat(stack.activities.trained).hasSize(25);
        }
    }

    @Test
    void cancelledItWaitsUntilTrainingHasHandedOver() {
        try (Stack stack = new Stack(600)) {
            stack.activities.trainUntilCancelled = true;
            WorkflowStub pipeline = stack.pipeline("hello");
            pipeline.start(PipelineRequest.named("hello"));
            while (stack.activities.trained.isEmpty()) {
                Thread.onSpinWait();
            }

            pipeline.cancel();

            assertThatThrownBy(() -> pipeline.getResult(PipelineReport.class))
                    .cause()
                    .isInstanceOf(CanceledFailure.class);
            assertThat(stack.activities.handedOver).hasValue(1);
            assertThat(stack.activities.calls).noneMatch(call -> call.startsWith("Evaluate"));
        }
    }

    @Test
    void readsRequestsThatLeaveEverythingOptionalOut() {
        try (Stack stack = new Stack(600)) {
            WorkflowStub pipeline = stack.pipeline("hello");
            pipeline.start(java.util.Map.of("pipeline", "hello", "unheardOf", 1));

            assertThat(pipeline.getResult(PipelineReport.class).checkpoint()).isNotNull();
        }
    }
}
