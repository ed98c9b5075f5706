package dev.septet.activities.support;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.workflows.RunRef;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;

/**
 * One try of an activity: its right to write, its sign of life, and its end as one of the known
 * failures.
 *
 * @param fence opened: from here on earlier tries of the same scope cannot write
 */
public record Attempt(Fence fence, Heartbeats heartbeats) {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    private static final int ATTEMPTS_OF_A_STEP = 100_000;

    /** What a try does. */
    @FunctionalInterface
    public interface Work<R> {
        R run(Attempt attempt) throws Exception;
    }

    /**
     * Runs an activity's work on the current activity thread.
     *
     * @param name what this activity is within its run, such as {@code train} or {@code trial-3}
     */
    public static <R> R of(ArtifactStore store, RunRef run, String name, Work<R> work) {
        return of(store, run, name, 0, work);
    }

    /**
     * Runs one of several activities that write the same things one after the other: no attempt of
     * an earlier step can write once a later step has begun. Temporal counts the attempts of each
     * from 1.
     *
     * @param step from 0 to 20,000, growing in the order in which the activities may follow each
     *     other
     */
    public static <R> R of(ArtifactStore store, RunRef run, String name, int step, Work<R> work) {
        ActivityExecutionContext context = Activity.getExecutionContext();
        int attempt = Math.min(context.getInfo().getAttempt(), ATTEMPTS_OF_A_STEP - 1);
        Fence fence = new Fence(run.runId() + "/" + name, step * ATTEMPTS_OF_A_STEP + attempt);
        try (Heartbeats heartbeats = new Heartbeats(context, run.ticket())) {
            store.open(fence);
            // The fence of an attempt that has ended is gone: the server knows whether this one
            // has.
            heartbeats.begin();
            return work.run(new Attempt(fence, heartbeats));
        } catch (Exception | Error problem) {
            throw Failures.of(problem);
        } finally {
            release(store, fence);
        }
    }

    /** Ends an attempt; what cannot be removed now is removed when its process is dead. */
    public static void release(ArtifactStore store, Fence fence) {
        try {
            store.release(fence);
        } catch (IOException e) {
            LOG.warn("fence and scratch files of {} are left for now", fence, e);
        }
    }
}
