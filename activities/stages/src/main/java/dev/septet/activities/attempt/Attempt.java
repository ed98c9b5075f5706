package dev.septet.activities.attempt;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencingToken;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.AttemptTally;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One try of an activity: its right to write, its sign of life, and its end as one of the known
 * failures.
 *
 * @param fence opened: from here on earlier tries of the same scope cannot write
 */
public record Attempt(Fence fence, Heartbeats heartbeats) {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    /** Free space at which a run goes on that found the disk full. */
    private static final long ENOUGH_BYTES = 64L << 20;

    /** What a try does. */
    @FunctionalInterface
    public interface Work<R> {
        R run(Attempt attempt) throws Exception;
    }

    /**
     * Runs an activity's work on the current activity thread.
     *
     * @param name what this activity is within its run, such as {@code train} or {@code trial-3}
     * @param policy how many attempts in a row may end without progress; see {@link AttemptCount}
     */
    public static <R> R of(ArtifactStore store, RunRef run, String name, StagePolicy policy, Work<R> work) {
        return of(store, run, name, 0, policy, work);
    }

    /**
     * Runs one of several activities that write the same things one after the other: no attempt of
     * an earlier step can write once a later step has begun. Temporal counts the attempts of each
     * from 1.
     *
     * @param step from 0 to 20,000, growing in the order in which the activities may follow each
     *     other
     */
    public static <R> R of(ArtifactStore store, RunRef run, String name, int step, StagePolicy policy, Work<R> work) {
        ActivityExecutionContext context = Activity.getExecutionContext();
        AttemptCount count = AttemptCount.begin(context, policy);
        try (Heartbeats heartbeats = new Heartbeats(context, run.ticket(), count.tally())) {
            try {
                return within(store, run, name, step, heartbeats, count, work);
            } catch (Exception | Error problem) {
                heartbeats.end();
                AttemptTally now = Objects.requireNonNull(heartbeats.tally());
                RuntimeException failure = count.ended(Failures.of(problem), now);
                if (AttemptCount.waits(failure) && now.waits() == 0) {
                    heartbeats.waits(Failures.sentence(failure));
                }
                throw failure;
            }
        }
    }

    /** The same inside of another activity, whose attempts somebody else counts. */
    public static <R> R inside(ArtifactStore store, RunRef run, String name, int step, Work<R> work) {
        try (Heartbeats heartbeats = new Heartbeats(Activity.getExecutionContext(), run.ticket())) {
            return within(store, run, name, step, heartbeats, null, work);
        } catch (Exception | Error problem) {
            throw Failures.of(problem);
        }
    }

    private static <R> R within(
            ArtifactStore store,
            RunRef run,
            String name,
            int step,
            Heartbeats heartbeats,
            @Nullable AttemptCount count,
            Work<R> work)
            throws Exception {
        Fence fence = new Fence(run.runId() + "/" + name, token(step));
        try {
            store.open(fence);
            // The fence of an attempt that has ended is gone: the server knows whether this one
            // has.
            heartbeats.begin();
            if (count != null && count.waitsFor() == FailureType.DISK_FULL) {
                awaited(store.scratch(fence));
            }
            return work.run(new Attempt(fence, heartbeats));
        } finally {
            release(store, fence);
        }
    }

    /**
     * The token of the current activity's attempt.
     *
     * @param step as in {@link #of(ArtifactStore, RunRef, String, int, StagePolicy, Work)}
     */
    public static FencingToken token(int step) {
        ActivityInfo info = Activity.getExecutionContext().getInfo();
        int attempt = Math.min(info.getAttempt(), FencingToken.ATTEMPTS_OF_A_STEP - 1);
        return new FencingToken(info.getScheduledTimestamp(), step * FencingToken.ATTEMPTS_OF_A_STEP + attempt);
    }

    /** Whether it is worth to begin: what a training computes until the disk is full is lost. */
    private static void awaited(Path folder) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < ENOUGH_BYTES) {
            throw new StageProblem(
                    FailureType.DISK_FULL,
                    "the disk is full: %d MB are free at %s; the run continues when %d MB are"
                            .formatted(free >> 20, folder.getParent(), ENOUGH_BYTES >> 20));
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
