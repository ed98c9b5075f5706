package dev.septet.workflows.monitor;

import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.PipelineWorkflow;
import dev.septet.workflows.RunShare;
import dev.septet.workflows.SearchTags;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.WaitReason;
import dev.septet.workflows.WorkPriority;
import dev.septet.workflows.host.HostBound;
import dev.septet.workflows.notify.Notices;
import dev.septet.workflows.retrain.RetrainHistory;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.RunInProgress;
import dev.septet.workflows.retrain.RunQueue;
import dev.septet.workflows.retrain.Start;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Orchestration of stage 7: checks for drift at intervals, and starts the pipeline again on drift, at most once per
 * cooldown. Continues as a new execution before its history grows long.
 */
public class MonitorWorkflowImpl implements MonitorWorkflow {
    /** Checks per execution: at about seven events each, the history stays far below its limits. */
    static final int WINDOWS_PER_EXECUTION = 500;

    private static final String FIRST_COUNTS = "first-run-counts";

    /** Older histories continued with the result of a check of a model that had been replaced meanwhile. */
    private static final String SUPERSEDED = "superseded-look";

    /** In older histories a failed check ended the monitor. */
    private static final String FAILED_CHECKS = "failed-checks";

    /** In older histories every check waited for a device. */
    private static final String CHECKS_WITHOUT_DEVICE = "checks-without-device";

    /** Older histories waited for starts that a wrong clock had recorded in the future. */
    private static final String FUTURE_STARTS = "future-starts";

    private final Notices notices;
    private final RunsUnderWay runs;
    private MonitorRequest state;
    private @Nullable Observation last;
    private @Nullable String retraining;
    private String retrainHold = "";
    private OptionalDouble drift = OptionalDouble.empty();
    private boolean tagged;
    private boolean renew;
    private String remark = "";
    private @Nullable WaitReason waits;

    @WorkflowInit
    public MonitorWorkflowImpl(MonitorRequest request) {
        state = request;
        notices = new Notices(
                () -> state.notifications(), () -> state.run(), request.run().pipeline(), this::undelivered);
        runs = new RunsUnderWay(request.run().pipeline(), request.turns());
    }

    @Override
    public void monitor(MonitorRequest request) {
        Start first = state.begun();
        if (first != null && Workflow.getVersion(FIRST_COUNTS, Workflow.DEFAULT_VERSION, 1) == 1) {
            state = state.withHistory(state.starts().plus(first));
        }
        for (int checks = 0; checks < WINDOWS_PER_EXECUTION; checks++) {
            check();
            Workflow.sleep(state.spec().every());
            if (renew || Workflow.getInfo().isContinueAsNewSuggested()) {
                break;
            }
        }
        Workflow.await(Workflow::isEveryHandlerFinished);
        Workflow.continueAsNew(state.withRuns(runs.turns()));
    }

    @Override
    public void follow(MonitorRequest newer) {
        boolean withoutTicket = newer.run().ticket() == null;
        if (withoutTicket ? state.run().ticket() != null : !admitted(newer)) {
            Workflow.getLogger(MonitorWorkflowImpl.class)
                    .warn("a request to follow another model was refused: it came from no run of" + " this pipeline");
            return;
        }
        boolean sameLog = Objects.equals(newer.spec().log(), state.spec().log());
        RetrainHistory known = state.starts().learning(newer.starts().reviewed());
        state = newer.afterChecks(
                state.windows(),
                sameLog ? state.cursor() : 0,
                newer.begun() == null ? known : known.plus(newer.begun()),
                DriftAlarm.QUIET); // the alarm was about the previous model
    }

    @Override
    public void began(RunInProgress run) {
        state = state.withHistory(state.starts().plus(run.start()));
        runs.add(run);
    }

    @Override
    public void ended(String runId) {
        runs.ended(runId);
    }

    @Override
    public MonitorStatus status() {
        return new MonitorStatus(
                state.windows(),
                last,
                state.alarm(),
                retraining,
                retrainHold,
                state.starts(),
                state.failing(),
                waits == null ? null : waits.reason());
    }

    /** Anybody may send the signal, so only a request that a worker read from its catalogue is followed. */
    private static boolean admitted(MonitorRequest newer) {
        StagePolicy endless = new StagePolicy(
                Duration.ofMinutes(1), Duration.ofMinutes(1), 0, Duration.ofSeconds(1), StagePolicy.DEFAULT_FACTOR);
        try {
            StageStubs.activities(FollowActivities.class, endless, TaskQueues.LIGHT, "check who asks")
                    .admit(newer);
            return true;
        } catch (ActivityFailure refused) {
            if (FailureCauses.cancelled(refused)) {
                throw refused;
            }
            return false;
        }
    }

    @Override
    public void renew() {
        renew = true;
    }

    private void check() {
        MonitorRequest request = state;
        Observation observation;
        try {
            observation = request.run().sharedStore() ? onItsHost(request) : observe(request);
        } catch (ActivityFailure failure) {
            if (FailureCauses.cancelled(failure)
                    || Workflow.getVersion(FAILED_CHECKS, Workflow.DEFAULT_VERSION, 1) == Workflow.DEFAULT_VERSION) {
                throw failure;
            }
            waits = null;
            failed(FailureCauses.message(failure));
            return;
        }
        recovered();
        if (!state.run().equals(request.run()) && Workflow.getVersion(SUPERSEDED, Workflow.DEFAULT_VERSION, 1) == 1) {
            return; // the result is about the previous model; the next check reads these rows for the new one
        }
        last = observation;
        int windows = observation.enough() ? state.windows() + 1 : state.windows();
        boolean sameLog = Objects.equals(request.spec().log(), state.spec().log());
        long cursor = sameLog ? observation.cursor() : 0;
        DriftAlarm alarm = state.alarm().after(observation, state.spec().alarm());
        boolean newAlarm = alarm.raised() && !state.alarm().raised();
        state = state.afterChecks(windows, cursor, state.starts(), alarm);
        long now = Workflow.currentTimeMillis();
        if (state.starts().isAhead(now) && Workflow.getVersion(FUTURE_STARTS, Workflow.DEFAULT_VERSION, 1) == 1) {
            state = state.withHistory(state.starts().upTo(now));
        }
        RetrainPolicy due = RetrainPolicy.after(state, observation, now);
        retrainHold = due.held();
        if (due.retraining() != null && free(due.retraining()) && state.run().equals(request.run())) {
            retrain(due.retraining());
        }
        tag(observation);
        if (newAlarm) {
            sendNotice(observation);
        }
        show();
    }

    /** Only checks that run the model wait for a device, because a training holds its device for hours. */
    private static Observation observe(MonitorRequest request) {
        if (request.spec().runsModel() && withoutDevice()) {
            Observation counted = activities(request, TaskQueues.LIGHT).count(request);
            if (!counted.enough()) {
                return counted;
            }
        }
        return measure(request);
    }

    /** The host reads its files; any worker may measure drift. */
    private Observation onItsHost(MonitorRequest request) {
        HostBound<LogActivities> logs = new HostBound<>(
                request.run(),
                true,
                Stage.MONITOR,
                StageStubs.queued(
                        LogActivities.class,
                        request.spec().policy(),
                        "read " + request.spec().logName(),
                        WorkPriority.CHECK),
                this::waits);
        LogWindow window = logs.call(files -> files.read(request));
        return window.sha256() == null ? window.tooFew() : measure(request.withWindow(window));
    }

    private static Observation measure(MonitorRequest request) {
        String queue = !request.spec().runsModel() && withoutDevice()
                ? TaskQueues.LIGHT
                : TaskQueues.training(request.setup().resources());
        return activities(request, queue).observe(request);
    }

    private static boolean withoutDevice() {
        return Workflow.getVersion(CHECKS_WITHOUT_DEVICE, Workflow.DEFAULT_VERSION, 1) == 1;
    }

    private static MonitorActivities activities(MonitorRequest request, String queue) {
        return StageStubs.activities(
                MonitorActivities.class,
                request.spec().policy(),
                queue,
                "look at " + request.spec().logName(),
                WorkPriority.CHECK);
    }

    private void waits(@Nullable WaitReason now) {
        waits = now;
        show();
    }

    /** Continues after a failed check, because the next one may succeed. Only the first failure is notified. */
    private void failed(String message) {
        FailedChecks before = state.failing();
        state = state.withFailedChecks(FailedChecks.after(before, Workflow.currentTimeMillis(), message));
        if (before == null) {
            sendNotice(NotifySpec.Event.FAILED, "a check of the model failed, the monitor continues: " + message);
        }
        show();
    }

    private void recovered() {
        FailedChecks before = state.failing();
        if (before != null) {
            state = state.withFailedChecks(null);
            sendNotice(
                    NotifySpec.Event.FAILED,
                    String.format(
                            Locale.ROOT, "the checks of the model work again, after %d that failed", before.count()));
        }
    }

    private void sendNotice(NotifySpec.Event event, String message) {
        remark = "";
        notices.send(event, Stage.MONITOR.word(), message, List.of());
        notices.awaitAll();
    }

    private void show() {
        WaitReason now = waits;
        Workflow.setCurrentDetails(MonitorDetails.markdown(state, last, retraining, retrainHold)
                + remark
                + (now == null ? "" : now.markdown()));
    }

    private void sendNotice(Observation observation) {
        sendNotice(
                NotifySpec.Event.DRIFTED,
                observation.findings().stream()
                        .filter(DriftFinding::drifted)
                        .map(DriftFinding::sentence)
                        .collect(Collectors.joining("; ")));
    }

    private void undelivered(String sentence) {
        Workflow.getLogger(MonitorWorkflowImpl.class).warn("{}", sentence);
        remark = "\n" + sentence + "\n";
    }

    /** Sets only changed attributes, because every update is an event of the history. */
    private void tag(Observation observation) {
        List<String> known = state.run().searchable();
        if (!tagged) {
            tagged = true;
            SearchTags.set(
                    known,
                    SearchTags.PIPELINE.valueSet(state.run().pipeline()),
                    SearchTags.STAGE.valueSet(Stage.MONITOR.word()));
        }
        OptionalDouble certainty = observation.certainty();
        if (certainty.isPresent() && !certainty.equals(drift)) {
            drift = certainty;
            SearchTags.set(known, SearchTags.DRIFT.valueSet(certainty.getAsDouble()));
        }
    }

    /** Whether no run of the pipeline is in progress; records the reason when one is. */
    private boolean free(Retraining why) {
        String objection = runs.objection();
        retrainHold = objection.isEmpty() ? "" : why.why() + ", but " + objection;
        return objection.isEmpty();
    }

    /**
     * Starts the pipeline again. The new run continues after this monitor ends and starts its own. The workflow id
     * ensures one retraining of a pipeline at a time.
     */
    private void retrain(Retraining why) {
        String id = RunQueue.retraining(state.run().pipeline());
        PipelineWorkflow pipeline = Workflow.newChildWorkflowStub(
                PipelineWorkflow.class,
                StageStubs.child(id, RunQueue.RETRAIN + " on " + why.trigger().word())
                        .setPriority(RunShare.retraining())
                        .setStaticDetails(why.why())
                        .setMemo(Map.of("trigger", why.trigger().word(), "why", why.why()))
                        .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
                        .build());
        runs.starting();
        Async.function(pipeline::run, state.pipeline().retraining(why));
        try {
            WorkflowExecution execution = Objects.requireNonNull(
                    Workflow.getWorkflowExecution(pipeline).get());
            retraining = execution.getWorkflowId();
            Start start = new Start(execution.getRunId(), Workflow.currentTimeMillis());
            runs.started(new RunInProgress(id, start, false));
            state = state.withHistory(state.starts().plus(start).learning(why.reviewed()));
        } catch (ChildWorkflowFailure underWay) {
            retrainHold = why.why() + ", but a retraining is under way";
            runs.notStarted();
        }
    }
}
