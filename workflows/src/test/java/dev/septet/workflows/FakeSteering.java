package dev.septet.workflows;

import dev.septet.workflows.train.SteeringAction;
import dev.septet.workflows.train.SteeringActivities;
import dev.septet.workflows.train.SteeringCommand;
import dev.septet.workflows.train.SteeringDecision;
import dev.septet.workflows.train.TrainOutcome;
import io.temporal.activity.Activity;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A training that takes no step by itself: it stands before {@link #next} and listens. */
final class FakeSteering implements SteeringActivities {
    private static final long POLL_NANOS = 2_000_000;

    private final Map<Integer, SteeringDecision> decisions = new ConcurrentHashMap<>();
    private volatile List<SteeringCommand> commands = List.of();

    /** Whether a training listens until it is told to end; else it is done at once. */
    volatile boolean training;

    /** Whether the training is deaf, as one whose worker was killed. */
    volatile boolean deaf;

    /** The step that comes next. */
    volatile int next = 7;

    @Override
    public void record(RunRef run, List<SteeringCommand> all) {
        commands = all;
    }

    @Override
    public @Nullable SteeringDecision decision(RunRef run, int sequence, long waitMillis) {
        long until = System.nanoTime() + waitMillis * 1_000_000;
        while (!deaf && !decisions.containsKey(sequence) && System.nanoTime() < until) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        return decisions.get(sequence);
    }

    /** Trains until it is paused or told to end; null when it has ended. */
    TrainOutcome.@Nullable Pause train() {
        boolean paused = false;
        while (training) {
            Activity.getExecutionContext().heartbeat(Progress.of("training", next, 99, "steps"));
            for (SteeringCommand command : deaf ? List.<SteeringCommand>of() : commands) {
                SteeringAction action = command.action();
                if (decisions.putIfAbsent(command.sequence(), decide(command)) == null) {
                    paused = action == SteeringAction.PAUSE || (paused && action != SteeringAction.RESUME);
                    if (action == SteeringAction.STOP_EARLY) {
                        return null;
                    }
                }
            }
            if (paused) {
                return new TrainOutcome.Pause(next, commands.size());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return null;
    }

    private SteeringDecision decide(SteeringCommand command) {
        Integer atStep = command.atStep();
        int step = atStep == null ? next : atStep;
        return new SteeringDecision(
                command.sequence(),
                command.action(),
                command.learningRate(),
                step,
                step < next ? String.format(Locale.ROOT, "step %d was taken already", step) : null);
    }
}
