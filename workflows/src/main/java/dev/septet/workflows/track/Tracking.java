package dev.septet.workflows.track;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.track.TrackerSpec;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.WorkPriority;
import dev.septet.workflows.host.HostActivities;
import dev.septet.workflows.retrain.Trigger;
import dev.septet.workflows.track.RunMoment.State;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a run to its trackers while it continues. A tracker gets one state of the run at a time, and of several that
 * wait only the newest. A tracker that does not answer changes nothing else. A run without trackers has no commands of
 * this class, so that histories of earlier versions replay.
 */
public final class Tracking {
    /** A hanging tracker fails an attempt within seconds by itself, so five attempts take a few minutes. */
    private static final StagePolicy POLICY = new StagePolicy(
            Duration.ofMinutes(1), Duration.ofMinutes(1), 5, Duration.ofSeconds(5), StagePolicy.DEFAULT_FACTOR);

    /** How long a tracker's work waits for a worker on the pipeline's host. */
    private static final Duration HOST_PATIENCE = Duration.ofMinutes(2);

    private final RunRef run;
    private final PipelineSpec spec;
    private final Trigger trigger;
    private final Consumer<String> remark;
    private final List<Lane> lanes = new ArrayList<>();

    /**
     * The trackers of one run.
     *
     * @param remark gets a sentence for each tracker that does not have the whole run at its end
     */
    public Tracking(RunRef run, PipelineSpec spec, Trigger trigger, Consumer<String> remark) {
        this.run = run;
        this.spec = spec;
        this.trigger = trigger;
        this.remark = remark;
        for (int index = 0; index < spec.trackers().size(); index++) {
            lanes.add(new Lane(index, spec.trackers().get(index)));
        }
    }

    /** Sends the state of a run that continues; does not wait. */
    public void update(PipelineReport results, List<StageSpan> stages) {
        send(results, stages, State.RUNNING, null);
    }

    /**
     * Sends the state of a run that ended, and waits until every tracker has it or is given up, even after the run was
     * cancelled.
     *
     * @return what the trackers have
     */
    public List<TrackedIn> end(
            PipelineReport results, List<StageSpan> stages, State state, @Nullable String failureType) {
        if (lanes.isEmpty()) {
            return List.of();
        }
        send(results, stages, state, failureType);
        Workflow.newDetachedCancellationScope(() -> Promise.allOf(
                                lanes.stream().map(lane -> lane.done).toList())
                        .get())
                .run();
        List<TrackedIn> all = lanes.stream().map(Lane::result).toList();
        all.stream().filter(one -> one.problem() != null).forEach(one -> remark.accept(one.line()));
        return all;
    }

    private void send(PipelineReport results, List<StageSpan> stages, State state, @Nullable String failureType) {
        if (lanes.isEmpty()) {
            return;
        }
        WorkflowInfo info = Workflow.getInfo();
        RunMoment moment = new RunMoment(
                state,
                info.getRunStartedTimestampMillis(),
                state == State.RUNNING ? null : (Long) Workflow.currentTimeMillis(),
                info.getWorkflowId(),
                trigger,
                stages,
                failureType);
        lanes.forEach(lane -> lane.send(results, moment));
    }

    /** The states of the run that one tracker gets, one after the other. */
    private final class Lane {
        private final int index;
        private final TrackerSpec tracker;
        private Promise<Void> done = Workflow.newPromise((Void) null);
        private @Nullable TrackRequest next;
        private boolean busy;
        private @Nullable String where;
        private @Nullable String problem;

        Lane(int index, TrackerSpec tracker) {
            this.index = index;
            this.tracker = tracker;
        }

        void send(PipelineReport results, RunMoment moment) {
            next = new TrackRequest(run, spec, index, results, moment);
            if (!busy) {
                busy = true;
                Workflow.newDetachedCancellationScope(() -> done = Async.procedure(this::drain))
                        .run();
            }
        }

        TrackedIn result() {
            return new TrackedIn(tracker.written(), where, problem);
        }

        private void drain() {
            for (TrackRequest request = next; request != null; request = next) {
                next = null;
                try {
                    where = activities().track(request).where();
                    problem = null;
                } catch (TemporalFailure failure) {
                    problem = FailureCauses.message(failure);
                }
            }
            busy = false;
        }

        private TrackActivities activities() {
            String summary = "track in " + tracker.written();
            if (!tracker.writesFiles() || !run.sharedStore()) {
                return StageStubs.activities(TrackActivities.class, POLICY, TaskQueues.LIGHT, summary);
            }
            String queue = StageStubs.activities(
                            HostActivities.class,
                            POLICY,
                            TaskQueues.LIGHT,
                            "which host has the files of " + run.pipeline())
                    .host(run)
                    .queue();
            return StageStubs.queued(TrackActivities.class, POLICY, summary, WorkPriority.TRAIN)
                    .on(queue, HOST_PATIENCE);
        }
    }
}
