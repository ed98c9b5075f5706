package dev.septet.workflows.train;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The commands of one training, and its state; deterministic workflow state. */
final class SteeringState {
    /** A run's commands are sent together; this number stays far below the size limit of a payload. */
    static final int MAX = 500;

    private static final StagePolicy POLICY = StagePolicy.within(Duration.ofMinutes(1));
    private static final long WAIT_MILLIS = 5000;

    /** The number of waits for the training's decision. Replacing a killed worker takes longer than all of them. */
    private static final int WAITS = 4;

    private final RunRef run;
    private final List<SteeringCommand> commands = new ArrayList<>();
    private final List<SteeringAnswer> answers = new ArrayList<>();
    private TrainOutcome.@Nullable Pause paused;
    private @Nullable Double learningRate;
    private @Nullable Progress waiting;
    private int recorded;
    private boolean over;

    SteeringState(RunRef run) {
        this.run = run;
    }

    /**
     * Checks whether a command can be accepted now; changes nothing.
     *
     * @throws ApplicationFailure Refused, with the reason in the message
     */
    void check(SteeringAction action, @Nullable Integer atStep) {
        TrainOutcome.Pause at = paused;
        require(!over, "the training is over, so there is nothing to steer");
        require(
                commands.size() < MAX,
                String.format(Locale.ROOT, "this training has %d commands, which is the limit", MAX));
        require(atStep == null || atStep >= 0, "atStep counts steps from 0, so it cannot be " + atStep);
        require(
                at == null || atStep == null || atStep >= at.step(),
                at == null
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "step %d was taken already: the training is paused before step %d",
                                atStep,
                                at.step()));
        switch (action) {
            case PAUSE ->
                require(at == null, at == null ? "" : "the training is paused already, before step " + at.step());
            case RESUME ->
                require(at != null || pauseRequested(), "the training is not paused, so there is nothing to resume");
            case CHECKPOINT_NOW ->
                require(
                        at == null,
                        at == null
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        "the training is paused, and its checkpoint of step %d is committed already",
                                        at.step()));
            case STOP_EARLY, SET_LEARNING_RATE -> {}
        }
    }

    /** Accepts a command, and returns when it takes effect. */
    SteeringAnswer accept(SteeringAction action, @Nullable Double learningRate, @Nullable Integer atStep) {
        SteeringCommand command = new SteeringCommand(commands.size() + 1, action, learningRate, atStep);
        commands.add(command);
        SteeringActivities activities =
                StageStubs.activities(SteeringActivities.class, POLICY, TaskQueues.LIGHT, "steer: " + action.update());
        activities.record(run, List.copyOf(commands));
        TrainOutcome.Pause at = paused;
        recorded = Math.max(recorded, command.sequence());
        SteeringAnswer answer = at == null ? decided(command, activities) : SteeringWords.whilePaused(command, at);
        answers.add(answer);
        if (learningRate != null) {
            this.learningRate = learningRate;
        }
        return answer;
    }

    /** Waits without a device until a command that came after the pause continues the training. */
    void awaitResumption(TrainOutcome.Pause at) {
        paused = at;
        Workflow.setCurrentDetails(SteeringWords.details(status()));
        Workflow.await(() -> commands.stream().anyMatch(command -> ends(command, at)));
        paused = null;
        Workflow.setCurrentDetails(SteeringWords.details(status()));
    }

    /** What people see while no worker follows the training; null while one does. */
    void waits(@Nullable Progress progress) {
        waiting = progress;
    }

    /** Ends steering; commands in progress still get their results. */
    void end() {
        over = true;
        Workflow.newDetachedCancellationScope(() -> Workflow.await(Workflow::isEveryHandlerFinished))
                .run();
    }

    TrainStatus status() {
        TrainOutcome.Pause at = paused;
        TrainStatus.State state =
                over ? TrainStatus.State.OVER : at == null ? TrainStatus.State.TRAINING : TrainStatus.State.PAUSED;
        return new TrainStatus(state, at == null ? null : at.step(), learningRate, waiting, answers);
    }

    private boolean ends(SteeringCommand command, TrainOutcome.Pause at) {
        Integer step = command.atStep();
        boolean now = step == null || step <= at.step();
        return command.sequence() > at.heard()
                && command.sequence() <= recorded
                && (command.action() == SteeringAction.RESUME
                        || (command.action() == SteeringAction.STOP_EARLY && now));
    }

    private SteeringAnswer decided(SteeringCommand command, SteeringActivities activities) {
        for (int waits = 0; waits < WAITS; waits++) {
            boolean last = over;
            SteeringDecision decision = activities.decision(run, command.sequence(), last ? 0 : WAIT_MILLIS);
            if (decision != null) {
                String refused = decision.refused();
                require(refused == null, refused == null ? "" : refused);
                return SteeringWords.decided(decision);
            }
            TrainOutcome.Pause at = paused;
            if (at != null && command.sequence() > at.heard()) {
                return SteeringWords.whilePaused(command, at);
            }
            require(!last, "the training ended before the command could take effect");
        }
        return SteeringWords.recorded(command);
    }

    /** Whether the last of the pause and resume commands was a pause. */
    private boolean pauseRequested() {
        boolean requested = false;
        for (SteeringCommand command : commands) {
            requested = command.action() == SteeringAction.PAUSE
                    || (requested && command.action() != SteeringAction.RESUME);
        }
        return requested;
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw FailureType.REFUSED.of(otherwise);
        }
    }
}
