package dev.septet.workflows.host;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.WaitReason;
import dev.septet.workflows.catalog.QueueActivities;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs activities that need a pipeline's files. When machines share a store, the activities run on the task queue of
 * the pipeline's host; otherwise any worker may run them. While no worker of the host takes an activity, the host is
 * looked up again at growing intervals, because an operator may have moved the pipeline. Deterministic workflow code.
 */
public final class HostBound<A> {
    private static final Duration FIRST = Duration.ofMinutes(1);

    /** Limits the number of events when a host is down for a month. */
    private static final Duration LONGEST = Duration.ofMinutes(30);

    /** Wait after the pipeline moved between the lookup and the activity. */
    private static final Duration MOVED = Duration.ofSeconds(5);

    private static final StagePolicy ENDLESS = new StagePolicy(
            Duration.ofMinutes(1), Duration.ofMinutes(1), 0, Duration.ofSeconds(1), StagePolicy.DEFAULT_FACTOR);

    private static final StagePolicy POLLERS = StagePolicy.within(Duration.ofSeconds(30));

    private final RunRef run;
    private final boolean bound;
    private final Stage stage;
    private final StageStubs.Queued<A> stubs;
    private final Consumer<@Nullable WaitReason> page;
    private final Duration first;

    /**
     * Activities of a run's stage.
     *
     * @param files whether the activities need files of the host
     * @param page receives what the stage waits for, and null when it does not wait any more
     */
    public HostBound(
            RunRef run, boolean files, Stage stage, StageStubs.Queued<A> stubs, Consumer<@Nullable WaitReason> page) {
        this(run, files, stage, stubs, page, FIRST);
    }

    /**
     * The same, with another first timeout.
     *
     * @param first how long an activity waits for a worker before the host is looked up again
     */
    HostBound(
            RunRef run,
            boolean files,
            Stage stage,
            StageStubs.Queued<A> stubs,
            Consumer<@Nullable WaitReason> page,
            Duration first) {
        this.run = run;
        this.bound = files && run.sharedStore();
        this.stage = stage;
        this.stubs = stubs;
        this.page = page;
        this.first = first;
    }

    /** Runs an activity without a result. */
    public void run(Consumer<A> work) {
        var unused = call(activities -> {
            work.accept(activities);
            return true;
        });
    }

    /** Runs one of the activities where the pipeline's files are. */
    public <R> R call(Function<A, R> work) {
        if (!bound) {
            return work.apply(stubs.on(TaskQueues.LIGHT, null));
        }
        Duration patience = first;
        boolean reported = false;
        while (true) {
            Host host = host();
            try {
                R result = work.apply(stubs.on(host.queue(), patience));
                if (reported) {
                    // A cancellation that arrives now must not lose the result.
                    Workflow.newDetachedCancellationScope(() -> page.accept(null))
                            .run();
                }
                return result;
            } catch (ActivityFailure failure) {
                if (notBegun(failure)) {
                    reported |= reportMissingHost(host);
                    patience = longer(patience);
                } else if (elsewhere(failure)) {
                    Workflow.sleep(MOVED);
                } else {
                    throw failure;
                }
            }
        }
    }

    private Host host() {
        return StageStubs.activities(
                        HostActivities.class,
                        ENDLESS,
                        TaskQueues.LIGHT,
                        "which host has the files of " + run.pipeline())
                .host(run);
    }

    /** Reports a missing host. A host with pollers is only busy and is not reported. */
    private boolean reportMissingHost(Host host) {
        try {
            int pollers = StageStubs.activities(
                            QueueActivities.class, POLLERS, TaskQueues.LIGHT, "is there a worker for " + host.queue())
                    .pollers(host.queue());
            if (pollers > 0) {
                return false;
            }
        } catch (ActivityFailure unknown) {
            if (FailureCauses.cancelled(unknown)) {
                throw unknown;
            }
            return false;
        }
        page.accept(new WaitReason(
                stage,
                "the files of `%s` are on host %s, and no worker of that host polls its task queue `%s`; start Septet there, or move the pipeline to another machine"
                        .formatted(run.pipeline(), host.name(), host.queue()),
                List.of("septet dev", "septet adopt " + run.pipeline())));
        return true;
    }

    private static Duration longer(Duration patience) {
        Duration twice = patience.multipliedBy(2);
        return twice.compareTo(LONGEST) > 0 ? LONGEST : twice;
    }

    private static boolean notBegun(ActivityFailure failure) {
        return failure.getCause() instanceof TimeoutFailure timeout
                && timeout.getTimeoutType() == TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START;
    }

    private static boolean elsewhere(ActivityFailure failure) {
        ApplicationFailure root = FailureCauses.root(failure);
        return root != null && FailureType.ELSEWHERE.type().equals(root.getType());
    }
}
