package dev.septet.activities.train;

import dev.septet.activities.store.Fence;
import dev.septet.workflows.train.SteeringAction;
import dev.septet.workflows.train.SteeringCommand;
import dev.septet.workflows.train.SteeringDecision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
    private final boolean rates;
    private List<SteeringDecision> decisions = List.of();
    private SteeringLedger ledger = SteeringLedger.EMPTY;
    private long again = System.nanoTime();

    private TrainingSteering(@Nullable SteeringRecords records, Fence fence, boolean rates) {
        this.records = records;
        this.fence = fence;
        this.rates = rates;
    }

    /** Steering for a training that gets no commands. */
    public static TrainingSteering none(Fence fence) {
        return new TrainingSteering(null, fence, true);
    }

    /**
     * Steering that continues from the decisions of earlier attempts.
     *
     * @param rates whether the learning rate can be changed
     */
    static TrainingSteering of(SteeringRecords records, Fence fence, boolean rates) throws IOException {
        TrainingSteering steering = new TrainingSteering(records, fence, rates);
        steering.stand(records.decisions());
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
    public SteeringLedger listen(int next, int totalSteps) throws IOException {
        SteeringRecords asked = records;
        long began = System.nanoTime();
        if (asked == null || began - again < 0) {
            return ledger;
        }
        List<SteeringDecision> more = new ArrayList<>(decisions);
        List<SteeringCommand> heard = asked.commands();
        for (SteeringCommand command : heard) {
            if (command.sequence() > SteeringLedger.of(more).heard()) {
                more.add(decide(command, next, totalSteps, more, heard));
            }
        }
        if (more.size() > decisions.size()) {
            asked.decide(more, fence);
            stand(more);
        }
        long ended = System.nanoTime();
        again = ended + (ended - began) * PART;
        return ledger;
    }

    private void stand(List<SteeringDecision> decided) {
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
        int step = atStep == null ? soonest(command, next, decided, commands) : atStep;
        String refused = null;
        if (!rates && command.action() == SteeringAction.SET_LEARNING_RATE) {
            refused = "an outside trainer does not change its learning rate";
        } else if (step < next) {
            refused = "step %d was taken already: the next one is step %d".formatted(step, next);
        } else if (step >= totalSteps) {
            refused = "there is no step %d: the training has %d, counted from 0".formatted(step, totalSteps);
        } else if (before.stops(step)) {
            refused = "the training was told to end before it reaches step %d".formatted(step);
        } else if (command.action() == SteeringAction.STOP_EARLY && step == 0) {
            refused = "before step 0 nothing has been trained: cancel the run instead, or stop later";
        } else if (command.action() == SteeringAction.RESUME && !before.pauses(step)) {
            refused = "the training is not paused, so there is nothing to resume";
        }
        return new SteeringDecision(command.sequence(), command.action(), command.learningRate(), step, refused);
    }

    /**
     * The earliest step at which a command may take effect. After a kill, the next step may come
     * before a step that an earlier command changed. A later command must not take effect before
     * that step.
     */
    private static int soonest(
            SteeringCommand command, int next, List<SteeringDecision> decided, List<SteeringCommand> commands) {
        int soonest = command.action() == SteeringAction.STOP_EARLY ? Math.max(1, next) : next;
        for (SteeringDecision earlier : decided) {
            boolean atOnce = commands.get(earlier.sequence() - 1).atStep() == null;
            if (atOnce && earlier.refused() == null) {
                soonest = Math.max(soonest, earlier.step());
            }
        }
        return soonest;
    }
}
