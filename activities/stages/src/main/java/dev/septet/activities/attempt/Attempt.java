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
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of an activity: its fencing token, its heartbeats, and the conversion of its errors
 * to known failure types.
 *
 * @param fence opened fencing token: earlier attempts of the same scope can no longer write
 */
public record Attempt(Fence fence, Heartbeats heartbeats) {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    /** Free space from which a run that found the disk full continues. */
    private static final long ENOUGH_BYTES = 64L << 20;

    /** The work of an attempt. */
    @FunctionalInterface
    public interface Work<R> {
        R run(Attempt attempt) throws Exception;
    }

    /**
     * Runs an activity's work on the current activity thread.
     *
     * @param name the activity's name within its run, such as {@code train} or {@code trial-3}
     * @param policy limits consecutive attempts without progress; see {@link AttemptCount}
     */
    public static <R> R of(ArtifactStore store, RunRef run, String name, StagePolicy policy, Work<R> work) {
        return of(store, run, name, 0, policy, work);
    }

    /**
     * Runs one of several activities that write the same records one after the other. When a later
     * step has started, no attempt of an earlier step can write. Temporal counts the attempts of
     * each step from 1.
     *
     * @param step from 0 to 20,000, ascending in the possible order of the activities
     */
    public static <R> R of(ArtifactStore store, RunRef run, String name, int step, StagePolicy policy, Work<R> work) {
        return counted(store, run, name, step, AttemptCount.begin(Activity.getExecutionContext(), policy), work);
    }

    /**
     * Runs one round of work that goes on elsewhere. Its failed attempts count together with those of the rounds before
     * it, until there is a new checkpoint.
     *
     * @param goesOn whether another round follows this result, and continues the count
     */
    public static <R> R round(
            ArtifactStore store,
            RunRef run,
            String name,
            int step,
            StagePolicy policy,
            Predicate<R> goesOn,
            Work<R> work) {
        RoundTally rounds = new RoundTally(store, run.runId() + "/" + name);
        AttemptTally before;
        try {
            before = rounds.read();
        } catch (IOException e) {
            throw Failures.of(e);
        }
        AttemptCount count = AttemptCount.begin(Activity.getExecutionContext(), policy, before);
        return counted(store, run, name, step, count, attempt -> {
            R result = work.run(attempt);
            AttemptTally now = Objects.requireNonNull(attempt.heartbeats().tally());
            rounds.write(before, goesOn.test(result) ? count.afterRound(now) : AttemptTally.FIRST, attempt.fence());
            return result;
        });
    }

    private static <R> R counted(
            ArtifactStore store, RunRef run, String name, int step, AttemptCount count, Work<R> work) {
        ActivityExecutionContext context = Activity.getExecutionContext();
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

    /** Runs work inside of another activity, whose attempts are counted elsewhere. */
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
            // The record of an ended attempt's fence is deleted: only the server knows whether this attempt has ended.
            heartbeats.begin();
            if (count != null && count.waitsFor() == FailureType.DISK_FULL) {
                requireDiskSpace(store.scratch(fence));
            }
            return work.run(new Attempt(fence, heartbeats));
        } finally {
            release(store, fence);
        }
    }

    /**
     * The fencing token of the current activity's attempt.
     *
     * @param step as in {@link #of(ArtifactStore, RunRef, String, int, StagePolicy, Work)}
     */
    public static FencingToken token(int step) {
        ActivityInfo info = Activity.getExecutionContext().getInfo();
        int attempt = Math.min(info.getAttempt(), FencingToken.ATTEMPTS_OF_A_STEP - 1);
        return new FencingToken(info.getScheduledTimestamp(), step * FencingToken.ATTEMPTS_OF_A_STEP + attempt);
    }

    /** Fails when the disk is still full: a training until then would lose its results. */
    private static void requireDiskSpace(Path folder) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < ENOUGH_BYTES) {
            throw new StageProblem(
                    FailureType.DISK_FULL,
                    String.format(
                            Locale.ROOT,
                            "the disk is full: %d MB are free at %s; the run continues when %d MB are",
                            free >> 20,
                            folder.getParent(),
                            ENOUGH_BYTES >> 20));
        }
    }

    /** Ends an attempt; files that cannot be removed now are removed when its process has ended. */
    public static void release(ArtifactStore store, Fence fence) {
        try {
            store.release(fence);
        } catch (IOException e) {
            LOG.warn("fence and scratch files of {} cannot be removed now; they are removed later", fence, e);
        }
    }
}
