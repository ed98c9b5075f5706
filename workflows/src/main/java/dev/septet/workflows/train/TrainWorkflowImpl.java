package dev.septet.workflows.train;

import dev.septet.workflows.FailureType;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.CheckpointRef;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Orchestration of stage 4: trains, and waits while the training is paused. */
public final class TrainWorkflowImpl implements TrainWorkflow {
    /**
     * In older histories, a cancellation between two attempts ended no training that goes on elsewhere, or, in version 1,
     * one during an attempt that failed for another reason.
     */
    private static final String END_OUTSIDE = "end-outside";

    private final TrainActivities activities;
    private final OutsideTrainingActivities outside;
    private final SteeringState steering;

    @WorkflowInit
    public TrainWorkflowImpl(TrainRequest request) {
        activities = StageStubs.counted(
                TrainActivities.class,
                request.spec().policy(),
                TaskQueues.training(request.setup().resources()),
                "train " + request.run().pipeline());
        outside = StageStubs.counted(
                OutsideTrainingActivities.class,
                request.spec().policy(),
                TaskQueues.training(request.setup().resources()),
                "end the training of " + request.run().pipeline());
        steering = new SteeringState(request.run());
    }

    @Override
    public CheckpointRef train(TrainRequest request) {
        Workflow.setCurrentDetails(SteeringWords.details(steering.status()));
        try {
            CheckpointRef result = untilDone(request);
            steering.end();
            return result;
        } catch (RuntimeException failure) {
            steering.end();
            throw failure;
        }
    }

    private CheckpointRef untilDone(TrainRequest request) {
        for (int pauses = 0; ; pauses++) {
            TrainOutcome outcome = round(request, pauses);
            if (outcome.waiting() != null) {
                await(request, pauses, outcome.waiting());
                continue;
            }
            if (outcome.paused() == null) {
                return Objects.requireNonNull(outcome.checkpoint());
            }
            steering.awaitResumption(outcome.paused());
        }
    }

    /**
     * The server cancels an activity at once that no worker runs, such as between two attempts. It does not try an attempt
     * again that fails after the cancellation was requested, such as one whose worker died.
     */
    private TrainOutcome round(TrainRequest request, int pauses) {
        try {
            return activities.train(request, pauses);
        } catch (ActivityFailure failure) {
            boolean ended = failure.getCause() instanceof CanceledFailure;
            if (request.spec().by() != null
                    && (ended || CancellationScope.current().isCancelRequested())) {
                int version = Workflow.getVersion(END_OUTSIDE, Workflow.DEFAULT_VERSION, 2);
                if (version == 2 || (version == 1 && ended)) {
                    end(request, pauses + 1);
                }
            }
            throw failure;
        }
    }

    private void end(TrainRequest request, int pauses) {
        Workflow.newDetachedCancellationScope(() -> outside.end(request, pauses))
                .run();
    }

    /** Waits with a timer, so that a training of days elsewhere holds no worker. */
    private void await(TrainRequest request, int pauses, TrainOutcome.Waiting waiting) {
        steering.waits(waiting.progress());
        try {
            Workflow.sleep(Duration.ofSeconds(waiting.seconds()));
        } catch (CanceledFailure cancelled) {
            end(request, pauses + 1);
            throw cancelled;
        } finally {
            steering.waits(null);
        }
    }

    @Override
    public SteeringAnswer pause(@Nullable AtStep at) {
        return steering.accept(SteeringAction.PAUSE, null, step(at));
    }

    @Override
    public void mayPause(@Nullable AtStep at) {
        steering.check(SteeringAction.PAUSE, step(at));
    }

    @Override
    public SteeringAnswer resume() {
        return steering.accept(SteeringAction.RESUME, null, null);
    }

    @Override
    public void mayResume() {
        steering.check(SteeringAction.RESUME, null);
    }

    @Override
    public SteeringAnswer checkpointNow(@Nullable AtStep at) {
        return steering.accept(SteeringAction.CHECKPOINT_NOW, null, step(at));
    }

    @Override
    public void mayCheckpointNow(@Nullable AtStep at) {
        steering.check(SteeringAction.CHECKPOINT_NOW, step(at));
    }

    @Override
    public SteeringAnswer stopEarly(@Nullable AtStep at) {
        return steering.accept(SteeringAction.STOP_EARLY, null, step(at));
    }

    @Override
    public void mayStopEarly(@Nullable AtStep at) {
        steering.check(SteeringAction.STOP_EARLY, step(at));
    }

    @Override
    public SteeringAnswer setLearningRate(LearningRateChange change) {
        return steering.accept(SteeringAction.SET_LEARNING_RATE, change.value(), change.atStep());
    }

    @Override
    @SuppressWarnings("NullAway") // the input comes from outside, so it may be null here
    public void maySetLearningRate(LearningRateChange change) {
        if (change == null || !(change.value() > 0 && change.value() < 1)) {
            throw FailureType.REFUSED.of("setLearningRate takes a rate above 0 and below 1, such as {\"value\": 1e-4}%s"
                    .formatted(change == null ? "" : ", got " + change.value()));
        }
        steering.check(SteeringAction.SET_LEARNING_RATE, change.atStep());
    }

    @Override
    public TrainStatus status() {
        return steering.status();
    }

    private static @Nullable Integer step(@Nullable AtStep at) {
        return at == null ? null : at.atStep();
    }
}
