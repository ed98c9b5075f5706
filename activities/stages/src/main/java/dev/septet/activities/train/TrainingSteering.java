package dev.septet.activities.train;

import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.workflows.train.SteeringAction;
import dev.septet.workflows.train.SteeringCommand;
import dev.septet.workflows.train.SteeringDecision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Receives steering commands of a training. Between two steps it reads new commands, decides at
 * which step each takes effect, and records the decision before the step runs. Decisions are final
 * for every later attempt.
 */
public final class TrainingSteering {
    /**
     * Reading may take at most one part in this many of the time, because the store may be slow.
     */
    private static final int PART = 20;

    private final @Nullable SteeringRecords records;
    private final Fence fence;
    private final @Nullable BackEndSpec by;
    private List<SteeringDecision> decisions = List.of();
    private SteeringLedger ledger = SteeringLedger.EMPTY;
    private long nextPoll = System.nanoTime();

    private TrainingSteering(@Nullable SteeringRecords records, Fence fence, @Nullable BackEndSpec by) {
        this.records = records;
        this.fence = fence;
        this.by = by;
    }

    /** Steering for a training that gets no commands. */
    public static TrainingSteering none(Fence fence) {
        return new TrainingSteering(null, fence, null);
    }

    /**
     * Steering that continues from the decisions of earlier attempts.
     *
     * @param by what trains; null = the engine
     */
    static TrainingSteering of(SteeringRecords records, Fence fence, @Nullable BackEndSpec by) throws IOException {
        TrainingSteering steering = new TrainingSteering(records, fence, by);
        steering.setDecisions(records.decisions());
        return steering;
    }

    /** The decisions so far. */
    public SteeringLedger ledger() {
        return ledger;
    }

    /**
     * Reads and decides new commands, if it is time.
     *
     * @param next the next step, counted from 0
     * @param totalSteps number of steps of the whole training
     */
    public SteeringLedger update(int next, int totalSteps) throws IOException {
        SteeringRecords source = records;
        long start = System.nanoTime();
        if (source == null || start - nextPoll < 0) {
            return ledger;
        }
        List<SteeringDecision> more = new ArrayList<>(decisions);
        List<SteeringCommand> commands = source.commands();
        for (SteeringCommand command : commands) {
            if (command.sequence() > SteeringLedger.of(more).lastCommand()) {
                more.add(decide(command, next, totalSteps, more, commands));
            }
        }
        if (more.size() > decisions.size()) {
            source.putDecisions(more, fence);
            setDecisions(more);
        }
        long end = System.nanoTime();
        nextPoll = end + (end - start) * PART;
        return ledger;
    }

    private void setDecisions(List<SteeringDecision> decided) {
        decisions = List.copyOf(decided);
        ledger = SteeringLedger.of(decisions);
    }

    private SteeringDecision decide(
            SteeringCommand command,
            int next,
            int totalSteps,
            List<SteeringDecision> decided,
            List<SteeringCommand> commands) {
        SteeringLedger before = SteeringLedger.of(decided);
        Integer atStep = command.atStep();
        int step = atStep == null ? earliestStep(command, next, decided, commands) : atStep;
        String refusal = by == null ? null : refusal(by, command);
        if (refusal != null) {
            // whatever its step is
        } else if (step < next) {
            refusal = String.format(Locale.ROOT, "step %d was taken already: the next one is step %d", step, next);
        } else if (step >= totalSteps) {
            refusal = String.format(
                    Locale.ROOT, "there is no step %d: the training has %d, counted from 0", step, totalSteps);
        } else if (before.stops(step)) {
            refusal = String.format(Locale.ROOT, "the training was told to end before it reaches step %d", step);
        } else if (command.action() == SteeringAction.STOP_EARLY && step == 0) {
            refusal = "before step 0 nothing has been trained: cancel the run instead, or stop later";
        } else if (command.action() == SteeringAction.RESUME && !before.pauses(step)) {
            refusal = "the training is not paused, so there is nothing to resume";
        }
        return new SteeringDecision(command.sequence(), command.action(), command.learningRate(), step, refusal);
    }

    private static @Nullable String refusal(BackEndSpec by, SteeringCommand command) {
        SteeringAction action = command.action();
        if (action == SteeringAction.SET_LEARNING_RATE) {
            return "an outside trainer does not change its learning rate";
        } else if (by.takesCommands()) {
            return null;
        }
        boolean service = by.keepsModel();
        if (action == SteeringAction.STOP_EARLY || action == SteeringAction.CHECKPOINT_NOW) {
            return "`by %s` takes no commands while it trains; `pause` stops it, and %s"
                    .formatted(
                            by.written(),
                            service
                                    ? "`resume` trains again from the beginning, at the service's full price"
                                    : "keeps its newest checkpoint");
        }
        return service && command.atStep() != null
                ? "`by %s` cannot stop before a certain step; leave the step out".formatted(by.written())
                : null;
    }

    /**
     * The earliest step at which a command may take effect. After a kill, the next step may come
     * before a step that an earlier command changed. A later command must not take effect before
     * that step.
     */
    private static int earliestStep(
            SteeringCommand command, int next, List<SteeringDecision> decided, List<SteeringCommand> commands) {
        int earliest = command.action() == SteeringAction.STOP_EARLY ? Math.max(1, next) : next;
        for (SteeringDecision earlier : decided) {
            boolean immediate = commands.get(earlier.sequence() - 1).atStep() == null;
            if (immediate && earlier.refused() == null) {
                earliest = Math.max(earliest, earlier.step());
            }
        }
        return earliest;
    }
}
