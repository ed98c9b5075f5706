package dev.septet.workflows;

import static dev.septet.workflows.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workflows.train.AtStep;
import dev.septet.workflows.train.LearningRateChange;
import dev.septet.workflows.train.SteeringAnswer;
import dev.septet.workflows.train.TrainStatus;
import dev.septet.workflows.train.TrainStatus.State;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.CanceledFailure;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrainSteeringTest {
    /** Without a cache every answer is also a replay of all that went before. */
    private final Stack stack = new Stack(0);

    private WorkflowStub run;
    private WorkflowStub train;

    @BeforeEach
    void beginTraining() {
        stack.activities.spec = Specs.minimal();
        stack.activities.steering.training = true;
        run = stack.pipeline("hello");
        run.start(PipelineRequest.named("hello"));
        await().until(() -> !stack.activities.trained.isEmpty());
        train = stack.training("hello");
    }

    @AfterEach
    void close() {
        stack.activities.steering.training = false;
        stack.close();
    }

    @Test
    void saysFromWhichStepALearningRateHolds() {
        SteeringAnswer answer = learningRate(new LearningRateChange(1e-4, null));

        assertThat(answer.step()).isEqualTo(7);
        assertThat(answer.message()).isEqualTo("learning rate 1.0E-4 from step 7 on");
        assertThat(status().learningRate()).isEqualTo(1e-4);
        assertThat(status().state()).isEqualTo(State.TRAINING);
        assertThat(learningRate(new LearningRateChange(2e-4, 40)).step()).isEqualTo(40);
    }

    @Test
    void readsWhatTheTemporalCommandLineSends() {
        assertThat(train.update("setLearningRate", SteeringAnswer.class, Map.of("value", 1e-4, "atStep", 9))
                        .step())
                .isEqualTo(9);
        assertThat(train.update("checkpointNow", SteeringAnswer.class).message())
                .isEqualTo("commits a checkpoint before step 7");
    }

    @Test
    void refusesWhatCannotBeDone() {
        assertRefused(
                () -> learningRate(new LearningRateChange(1.5, null)),
                "setLearningRate takes a rate above 0 and below 1, such as {\"value\": 1e-4}, got" + " 1.5");
        assertRefused(
                () -> train.update("setLearningRate", SteeringAnswer.class),
                "setLearningRate takes a rate above 0 and below 1, such as {\"value\": 1e-4}");
        assertRefused(
                () -> train.update("resume", SteeringAnswer.class),
                "the training is not paused, so there is nothing to resume");
        assertRefused(
                () -> train.update("pause", SteeringAnswer.class, new AtStep(-1)),
                "atStep counts steps from 0, so it cannot be -1");
        assertRefused(() -> train.update("stopEarly", SteeringAnswer.class, new AtStep(3)), "step 3 was taken already");
        assertThat(status().commands()).isEmpty();
    }

    @Test
    void pausedItHoldsNothingAndGoesOnWhenItIsTold() {
        SteeringAnswer pause = train.update("pause", SteeringAnswer.class);
        assertThat(pause.message()).isEqualTo("pauses before step 7");
        await().until(() -> status().state() == State.PAUSED);
        assertThat(status().pausedAt()).isEqualTo(7);
        assertRefused(
                () -> train.update("pause", SteeringAnswer.class), "the training is paused already, before step 7");
        assertRefused(
                () -> train.update("checkpointNow", SteeringAnswer.class),
                "the training is paused, and its checkpoint of step 7 is committed already");
        assertRefused(
                () -> learningRate(new LearningRateChange(1e-4, 3)),
                "step 3 was taken already: the training is paused before step 7");
        assertThat(learningRate(new LearningRateChange(1e-4, null)).step()).isEqualTo(7);
        assertThat(stack.activities.trained).hasSize(1);

        assertThat(train.update("resume", SteeringAnswer.class).message()).isEqualTo("goes on with step 7");

        await().until(() -> stack.activities.trained.size() == 2);
        assertThat(status().state()).isEqualTo(State.TRAINING);
        stack.activities.steering.training = false;
        assertThat(run.getResult(PipelineReport.class).checkpoint()).isNotNull();
        assertThat(status().state()).isEqualTo(State.OVER);
    }

    @Test
    void stoppedEarlyTheStagesBehindItGoOn() {
        assertThat(train.update("stopEarly", SteeringAnswer.class).message()).isEqualTo("ends before step 7");

        assertThat(run.getResult(PipelineReport.class).evaluation()).isNotNull();
        assertThatThrownBy(() -> train.update("pause", SteeringAnswer.class)).hasStackTraceContaining("NOT_FOUND");
    }

    @Test
    void recordsWhatNobodyHearsYet() {
        stack.activities.steering.deaf = true;

        SteeringAnswer answer = learningRate(new LearningRateChange(1e-4, null));

        assertThat(answer.step()).isNull();
        assertThat(answer.message()).startsWith("recorded; no worker trains at the moment");
    }

    @Test
    void pausedItCanBeCancelled() {
        train.update("pause", SteeringAnswer.class);
        await().until(() -> status().state() == State.PAUSED);

        run.cancel();

        assertThatThrownBy(() -> run.getResult(PipelineReport.class)).cause().isInstanceOf(CanceledFailure.class);
    }

    private SteeringAnswer learningRate(LearningRateChange change) {
        return train.update("setLearningRate", SteeringAnswer.class, change);
    }

    private TrainStatus status() {
        return stack.trainStatus(train);
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable update, String reason) {
        assertThatThrownBy(update).hasStackTraceContaining(reason);
    }
}
