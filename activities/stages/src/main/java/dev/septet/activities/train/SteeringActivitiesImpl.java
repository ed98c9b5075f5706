package dev.septet.activities.train;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.Failures;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencedException;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.train.SteeringActivities;
import dev.septet.workflows.train.SteeringCommand;
import dev.septet.workflows.train.SteeringDecision;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Passes steering commands from a workflow to the worker that trains. */
public final class SteeringActivitiesImpl implements SteeringActivities {
    private static final long POLL_NANOS = Duration.ofMillis(100).toNanos();

    private final ArtifactStore store;

    public SteeringActivitiesImpl(ArtifactStore store) {
        this.store = store;
    }

    @Override
    public void record(RunRef run, List<SteeringCommand> commands) {
        Fence fence = new Fence(run.runId() + "/steering", Attempt.token(commands.size()));
        try {
            store.open(fence);
            new SteeringRecords(store, run.runId()).putCommands(commands, fence);
        } catch (FencedException newer) {
            // A longer list, which begins with these commands, is already recorded.
        } catch (IOException problem) {
            throw Failures.of(problem);
        } finally {
            Attempt.release(store, fence);
        }
    }

    @Override
    public @Nullable SteeringDecision decision(RunRef run, int sequence, long waitMillis) {
        ActivityExecutionContext context = Activity.getExecutionContext();
        SteeringRecords records = new SteeringRecords(store, run.runId());
        long until = System.nanoTime() + Duration.ofMillis(waitMillis).toNanos();
        try {
            while (true) {
                boolean last = System.nanoTime() >= until;
                for (SteeringDecision decision : records.decisions()) {
                    if (decision.sequence() == sequence) {
                        return decision;
                    }
                }
                if (last) {
                    return null;
                }
                context.heartbeat(null);
                LockSupport.parkNanos(POLL_NANOS);
            }
        } catch (IOException problem) {
            throw Failures.of(problem);
        }
    }
}
