package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.quota.TeamShare;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run whose team has used up a quota, on a server that skips time. */
class QuotaWaitTest {
    @ParameterizedTest
    @ValueSource(ints = {600, 0})
    void waitsUntilTheNextPeriodAndSaysWhy(int cacheSize) {
        try (Stack stack = new Stack(cacheSize)) {
            stack.activities.share = new TeamShare(1, true);
            FakeQuotas quotas = stack.activities.quotas;
            WorkflowStub run = stack.pipeline("hello");
            run.start(PipelineRequest.named("hello"));
            stack.server.sleep(Duration.ofHours(20));

            WaitReason waiting = Objects.requireNonNull(
                    run.query("status", PipelineStatus.class).waiting());
            assertThat(waiting.stage()).isEqualTo(Stage.TRAIN);
            assertThat(waiting.reason()).isEqualTo(FakeQuotas.USED_UP);
            assertThat(waiting.answers()).containsExactly("septet quota search");
            assertThat(stack.activities.calls).noneMatch(call -> call.startsWith("Train@"));

            PipelineReport report = run.getResult(PipelineReport.class);
            assertThat(report.deployment()).isNotNull();
            assertThat(quotas.asks("train")).as("at growing intervals").isBetween(30L, 40L);
            assertThat(quotas.asks("deploy")).isEqualTo(1);
        }
    }

    /** Short trainings of candidates need slots, and belong to the choice of a base model, which comes before the training. */
    @ParameterizedTest
    @ValueSource(ints = {600, 0})
    void trainingsOfCandidatesWaitToo(int cacheSize) {
        try (Stack stack = CandidateTrainingTest.stack(cacheSize)) {
            stack.activities.candidates.trained.putAll(Map.of("models/a", 1.4, "models/b", 0.7));
            stack.activities.share = new TeamShare(1, true);
            WorkflowStub run = stack.pipeline("hello");
            run.start(PipelineRequest.named("hello"));
            stack.server.sleep(Duration.ofHours(20));

            WaitReason waiting = Objects.requireNonNull(
                    run.query("status", PipelineStatus.class).waiting());
            assertThat(waiting.reason()).isEqualTo(FakeQuotas.USED_UP);
            assertThat(stack.activities.candidates.calls).contains("examine models/c");
            assertThat(stack.activities.candidates.trainings).isEmpty();

            PipelineReport report = run.getResult(PipelineReport.class);
            assertThat(report.checkpoint()).isNotNull();
            assertThat(stack.activities.candidates.trainings).hasSize(2);
        }
    }

    @Test
    void failsAtOnceIfItWasAskedTo() {
        try (Stack stack = new Stack(600)) {
            stack.activities.share = new TeamShare(1, true);
            FakeQuotas quotas = stack.activities.quotas;
            WorkflowStub run = stack.pipeline("hello");
            run.start(PipelineRequest.named("hello").failingOverQuota());

            assertThatThrownBy(() -> run.getResult(PipelineReport.class))
                    .rootCause()
                    .hasMessageContaining("train: " + FakeQuotas.USED_UP)
                    .hasMessageContaining("QuotaUsedUp");
            assertThat(quotas.asks("train")).isEqualTo(1);
        }
    }

    /** The operator's file is damaged while it is edited: no run fails, and each says why it waits. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void waitsWithTheReasonWhileTheQuotasAreNotKnown(boolean failing) {
        try (Stack stack = new Stack(600)) {
            stack.activities.share = new TeamShare(1, true);
            FakeQuotas quotas = stack.activities.quotas;
            quotas.damaged = 4;
            WorkflowStub run = stack.pipeline("hello");
            run.start(failing ? PipelineRequest.named("hello").failingOverQuota() : PipelineRequest.named("hello"));
            stack.server.sleep(Duration.ofMinutes(5));

            WaitReason waiting = Objects.requireNonNull(
                    run.query("status", PipelineStatus.class).waiting());
            assertThat(waiting.reason()).isEqualTo(FakeQuotas.UNKNOWN);
            stack.server.sleep(Duration.ofHours(1));

            if (failing) {
                assertThatThrownBy(() -> run.getResult(PipelineReport.class))
                        .rootCause()
                        .hasMessageContaining("train: " + FakeQuotas.USED_UP);
            } else {
                assertThat(Objects.requireNonNull(run.query("status", PipelineStatus.class)
                                        .waiting())
                                .reason())
                        .isEqualTo(FakeQuotas.USED_UP);
                run.cancel();
            }
        }
    }

    /** Without a quota, a run's history is the one that it always was. */
    @Test
    void asksNothingForATeamWithoutAQuota() {
        try (Stack stack = new Stack(600)) {
            stack.activities.share = new TeamShare(2, false);
            FakeQuotas quotas = stack.activities.quotas;
            stack.run("hello");

            assertThat(quotas.asked).isEmpty();
        }
    }
}
