package dev.septet.workflows;

import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.NotifySpec.Event;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.StageStatus.State;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelChoice;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.SourceRows;
import dev.septet.workflows.artifact.TrainingWarning;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.candidate.CandidateSelection;
import dev.septet.workflows.catalog.CatalogActivities;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.deploy.DeployWorkflow;
import dev.septet.workflows.evaluate.EvaluateWorkflow;
import dev.septet.workflows.fold.CrossValidation;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.graph.StageInputs;
import dev.septet.workflows.initialize.InitializeWorkflow;
import dev.septet.workflows.monitor.MonitorRequest;
import dev.septet.workflows.monitor.MonitorWorkflow;
import dev.septet.workflows.notify.Notices;
import dev.septet.workflows.prepare.PrepareWorkflow;
import dev.septet.workflows.quota.QuotaWait;
import dev.septet.workflows.quota.TeamShare;
import dev.septet.workflows.resume.Resume;
import dev.septet.workflows.resume.ResumeActivities;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.Start;
import dev.septet.workflows.retrain.Trigger;
import dev.septet.workflows.setup.SetupWorkflow;
import dev.septet.workflows.summary.RunPages;
import dev.septet.workflows.track.RunMoment;
import dev.septet.workflows.track.TrackedIn;
import dev.septet.workflows.track.Tracking;
import dev.septet.workflows.train.TrainWorkflow;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.common.Priority;
import io.temporal.common.SearchAttributeUpdate;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs the seven stages in their order, each as a child workflow, and passes the results to the next stages. */
public final class PipelineWorkflowImpl implements PipelineWorkflow {
    /** In older histories the short trainings of candidates did not ask for the team's quota. */
    private static final String CANDIDATES_ASK = "candidates-ask-for-quota";

    private static final StagePolicy RESOLVE_POLICY = StagePolicy.within(Duration.ofMinutes(1));

    /** Champions rarely change; more lost races than this have a cause that people must find. */
    private static final int MAX_VERDICTS = 3;

    private final StageBoard board = new StageBoard();
    private final RunLifecycleSignals announcement = new RunLifecycleSignals(board);
    private Notices notices = new Notices(List::of, () -> null, "", board::remark);
    private @Nullable RunRef run;
    private @Nullable StageRunner stages;
    private List<SourceRows> sources = List.of();
    private PipelineReport.@Nullable Refusal refusal;
    private final RunPages pages = new RunPages(board::remark);
    private @Nullable PipelineSpec spec;
    private @Nullable ArtifactRef page;
    private final Set<String> warned = new HashSet<>();
    private @Nullable Tracking tracking;
    private List<TrackedIn> tracked = List.of();

    @Override
    public PipelineReport run(PipelineRequest request) {
        try {
            stages(request);
            reportRun(request, null);
            notices.send(Event.FINISHED, null, "the run finished", List.of());
            endTracking(RunMoment.State.FINISHED, null);
            return report();
        } catch (TemporalFailure failure) {
            if (!FailureCauses.cancelled(failure)) {
                reportRun(request, FailureCauses.message(failure));
                notices.send(Event.FAILED, null, FailureCauses.message(failure), List.of());
            }
            endTracking(failure);
            if (!RunRefusals.results(request, failure)) {
                throw failure;
            }
            refusal = RunRefusals.of(failure);
            return report();
        } finally {
            announcement.end();
            notices.awaitAll();
        }
    }

    /** Leaves the result where it can be read without a worker; a run without an evaluation has none. */
    private void reportRun(PipelineRequest request, @Nullable String failure) {
        StageRunner known = stages;
        PipelineSpec read = spec;
        if (known != null && read != null) {
            page = pages.write(request, read, report(), known.times(), failure);
            pages.remember(report(), failure);
        }
    }

    private void track(StageRunner stages) {
        Tracking known = tracking;
        if (known != null) {
            known.update(report(), stages.spans());
        }
    }

    private void endTracking(TemporalFailure failure) {
        if (FailureCauses.cancelled(failure)) {
            endTracking(RunMoment.State.CANCELLED, null);
        } else {
            endTracking(RunMoment.State.FAILED, FailureCauses.type(failure));
        }
    }

    private void endTracking(RunMoment.State state, @Nullable String failureType) {
        Tracking known = tracking;
        if (known != null) {
            StageRunner began = stages;
            tracked = known.end(report(), began == null ? List.of() : began.spans(), state, failureType);
        }
    }

    private void stages(PipelineRequest request) {
        ResolvedPipeline resolved = resolve(request);
        RunRef run = resolved.run();
        PipelineSpec spec = resolved.spec();
        this.run = run;
        this.spec = spec;
        RunShare.begin(spec, trigger(request), resolved.share());
        notices = new Notices(spec::notifications, () -> run, run.pipeline(), board::remark);
        tag(
                SearchTags.PIPELINE.valueSet(run.pipeline()),
                SearchTags.MODEL.valueSet(SearchTags.name(spec.initialize().model())),
                SearchTags.DATASET.valueSet(SearchTags.name(spec.prepare().source())),
                SearchTags.TRIGGER.valueSet(trigger(request).word()));
        tracking = new Tracking(run, spec, trigger(request), board::remark);
        if (spec.monitor() != null) {
            announcement.begin(monitorId(run), trigger(request), run.ticket());
        }
        List<RunRef> folds = folds(request, resolved);
        PipelineReport earlier = earlier(request, resolved);
        sources = earlier.sources();

        List<SourceRows> rows = earlier.dataset() == null || chooses(spec, earlier) ? rows(resolved) : List.of();
        Start start = new Start(run.runId(), Workflow.getInfo().getRunStartedTimestampMillis());
        StageInputs inputs = new StageInputs(run, spec, request, start, rows, PipelineReport.NOTHING);
        Consumer<Stage> mayBegin = quota(request, resolved);
        StageRunner stages = new StageRunner(board, inputs, earlier, mayBegin);
        this.stages = stages;
        track(stages);
        ModelChoice choice = choose(stages, spec, earlier, mayTrainCandidates(resolved, mayBegin));
        stages.run(StageGraph.PREPARE, PrepareWorkflow.class, PrepareWorkflow::prepare, StageDetails::of);
        ModelRef model = stages.run(
                StageGraph.INITIALIZE,
                InitializeWorkflow.class,
                InitializeWorkflow::initialize,
                pinned -> StageDetails.of(pinned.with(choice)));
        stages.record(StageGraph.INITIALIZE, model.with(choice));
        stages.run(StageGraph.SETUP, SetupWorkflow.class, SetupWorkflow::setup, StageDetails::of);
        crossValidate(stages, folds, mayBegin);
        CheckpointRef trained =
                stages.run(StageGraph.TRAIN, TrainWorkflow.class, TrainWorkflow::train, StageDetails::of);
        if (trained.warnings() != null && trained.origin().reusedFrom() == null) {
            warn(trained.warnings());
        }
        announcement.announceAgain();
        track(stages);
        publish(stages);
        startMonitor(stages, run, RunShare.monitor(spec, resolved.share()));
    }

    /** What each stage waits for before it begins: for the quotas of the run's team, where it has any. */
    private Consumer<Stage> quota(PipelineRequest request, ResolvedPipeline resolved) {
        TeamShare share = resolved.share();
        if (share == null || !share.limited()) {
            return stage -> {};
        }
        QuotaWait quota =
                new QuotaWait(resolved.run(), Boolean.TRUE.equals(request.failOverQuota()), waiting -> show(waiting));
        return stage -> {
            try {
                quota.before(stage);
            } catch (TemporalFailure failure) {
                board.set(stage, State.FAILED, FailureCauses.message(failure));
                throw StageRunner.plain(stage.word() + ": ", failure);
            }
        };
    }

    /** What the short trainings of candidates wait for. Without a quota, a history is the one that it always was. */
    private static Runnable mayTrainCandidates(ResolvedPipeline resolved, Consumer<Stage> mayBegin) {
        TeamShare share = resolved.share();
        return () -> {
            if (share != null
                    && share.limited()
                    && Workflow.getVersion(CANDIDATES_ASK, Workflow.DEFAULT_VERSION, 1) == 1) {
                mayBegin.accept(Stage.TRAIN);
            }
        };
    }

    /** Whether this run chooses a base model, and so prepares the rows again. */
    private static boolean chooses(PipelineSpec spec, PipelineReport earlier) {
        return !spec.initialize().candidates().isEmpty() && choice(earlier) == null;
    }

    private static @Nullable ModelChoice choice(PipelineReport earlier) {
        return earlier.model() == null ? null : earlier.model().choice();
    }

    /** Chooses the base model of a file with several candidates; null for other files. */
    private @Nullable ModelChoice choose(
            StageRunner stages, PipelineSpec spec, PipelineReport earlier, Runnable mayTrain) {
        InitializeSpec initialize = spec.initialize();
        if (initialize.candidates().isEmpty()) {
            return null;
        }
        ModelChoice choice = choice(earlier);
        if (choice == null) {
            stages.rerun(Stage.PREPARE); // rows of an earlier run may be of another candidate's tokenizer
            choice = examine(stages, spec, mayTrain);
        }
        // Files that changed since their exam are refused.
        stages.use(initialize.using(choice.chosen(), choice.winner().digest()));
        tag(SearchTags.MODEL.valueSet(SearchTags.name(choice.chosen())));
        return choice;
    }

    private ModelChoice examine(StageRunner stages, PipelineSpec spec, Runnable mayTrain) {
        TemporalFailure[] held = new TemporalFailure[1];
        Runnable ask = () -> {
            try {
                mayTrain.run();
            } catch (TemporalFailure usedUp) {
                held[0] = usedUp; // the board and the message say it already
                throw usedUp;
            }
        };
        try {
            boolean trains = spec.initialize().candidateTraining() != null;
            List<RunRef> runs = trains
                    ? parts(
                            stages.inputs().request(),
                            stages.inputs().run(),
                            "candidate",
                            0,
                            spec.initialize().candidates().size())
                    : List.of();
            return new CandidateSelection(
                            stages.inputs(), runs, ask, line -> board.set(Stage.INITIALIZE, State.RUNNING, line))
                    .choose(candidate -> {
                        stages.use(candidate);
                        return stages.run(
                                StageGraph.PREPARE, PrepareWorkflow.class, PrepareWorkflow::prepare, StageDetails::of);
                    });
        } catch (TemporalFailure failure) {
            if (failure == held[0]) {
                throw failure;
            }
            board.set(Stage.INITIALIZE, State.FAILED, FailureCauses.message(failure));
            throw StageRunner.plain("initialize: ", failure);
        }
    }

    /** The trainings of {@code split folds:}; nothing for other pipelines. */
    private void crossValidate(StageRunner stages, List<RunRef> folds, Consumer<Stage> mayBegin) {
        if (folds.isEmpty()) {
            return;
        }
        mayBegin.accept(Stage.TRAIN);
        try {
            stages.record(new CrossValidation(stages.inputs(), line -> board.set(Stage.TRAIN, State.RUNNING, line))
                    .run(folds));
        } catch (TemporalFailure failure) {
            board.set(Stage.TRAIN, State.FAILED, FailureCauses.message(failure));
            throw StageRunner.plain("cross-validation: ", failure);
        }
    }

    /** Evaluates again when the champion changed before the verdict could take effect. */
    private void publish(StageRunner stages) {
        for (int verdicts = 1; ; verdicts++) {
            EvaluationReport judged = stages.run(
                    StageGraph.EVALUATE, EvaluateWorkflow.class, EvaluateWorkflow::evaluate, StageDetails::of);
            tag(SearchTags.GATE.valueSet(judged.verdict().name()));
            judged.scores().stream().findFirst().ifPresent(score -> tag(SearchTags.SCORE.valueSet(score.after())));
            pages.remember(report(), null);
            track(stages);
            gate(judged);
            try {
                if (stages.named(Stage.DEPLOY)) {
                    stages.run(StageGraph.DEPLOY, DeployWorkflow.class, DeployWorkflow::deploy, StageDetails::of);
                }
                return;
            } catch (ApplicationFailure failure) {
                boolean stale = FailureType.VERDICT_STALE.type().equals(failure.getType());
                if (!stale || verdicts == MAX_VERDICTS) {
                    throw failure;
                }
                stages.rerun(Stage.EVALUATE);
            }
        }
    }

    @Override
    public PipelineStatus status() {
        RunRef known = run;
        return new PipelineStatus(
                known == null ? "" : known.pipeline(),
                Workflow.getInfo().getRunId(),
                known == null ? "" : known.specDigest(),
                board.stages(),
                board.waiting());
    }

    @Override
    public PipelineReport report() {
        StageRunner known = stages;
        return (known == null ? PipelineReport.NOTHING : known.results())
                .of(run, sources, refusal)
                .with(page)
                .tracked(tracked);
    }

    @Override
    public void progress(StageProgress progress) {
        if (sent(progress.ticket())) {
            board.progress(progress);
            Progress known = progress.progress();
            if (known != null && Stage.TRAIN.word().equals(progress.stage())) {
                warn(known.warnings());
            }
        }
    }

    /** Notifies about each warning once, although every later progress repeats it. */
    private void warn(@Nullable List<TrainingWarning> warnings) {
        for (TrainingWarning warning : warnings == null ? List.<TrainingWarning>of() : warnings) {
            if (warned.add(warning.headline())) {
                notices.send(Event.WARNED, Stage.TRAIN.word(), warning.line(), List.of());
            }
        }
    }

    @Override
    public void waits(@Nullable WaitReason waiting, @Nullable String ticket) {
        if (sent(ticket)) {
            show(waiting);
        }
    }

    /** Shows what the run waits for, and notifies about it once. */
    private void show(@Nullable WaitReason waiting) {
        WaitReason before = board.waiting();
        board.waits(waiting);
        boolean repeated = before != null && waiting != null && before.sameQuestion(waiting);
        if (waiting != null && !repeated) {
            notices.send(Event.WAITING, waiting.stage().word(), waiting.reason(), waiting.answers());
        }
    }

    @Override
    public void turn(boolean now, @Nullable String ticket) {
        if (sent(ticket)) {
            announcement.turn(now);
        }
    }

    /** Whether this run's own activities or workflows sent a signal, because anybody may send one. */
    private boolean sent(@Nullable String ticket) {
        RunRef known = run;
        return known != null && known.sent(ticket);
    }

    private void tag(SearchAttributeUpdate<?>... updates) {
        RunRef known = run;
        if (known != null) {
            SearchTags.set(known.searchable(), updates);
        }
    }

    private static ResolvedPipeline resolve(PipelineRequest request) {
        try {
            return catalog().resolve(request, Workflow.getInfo().getRunId());
        } catch (TemporalFailure failure) {
            throw StageRunner.plain("", failure);
        }
    }

    /** The runs of the folds of a cross-validation; empty without one. They read the file when the run does. */
    private static List<RunRef> folds(PipelineRequest request, ResolvedPipeline resolved) {
        Integer folds = resolved.spec().prepare().split().folds();
        try {
            return folds == null ? List.of() : parts(request, resolved.run(), "fold", 1, folds);
        } catch (TemporalFailure failure) {
            throw StageRunner.plain("", failure);
        }
    }

    /** The references of parts of a run, which have stages of their own: {@code RUN/fold-1} and so on. */
    private static List<RunRef> parts(PipelineRequest request, RunRef run, String name, int first, int count) {
        List<RunRef> runs = new ArrayList<>();
        for (int number = first; number < first + count; number++) {
            runs.add(catalog()
                    .resolve(request, String.format(Locale.ROOT, "%s/%s-%d", run.runId(), name, number))
                    .run());
        }
        return runs;
    }

    private static CatalogActivities catalog() {
        return StageStubs.activities(CatalogActivities.class, RESOLVE_POLICY, TaskQueues.LIGHT, "read the pipeline");
    }

    /** The rows of other pipelines, empty when the file names none. */
    private List<SourceRows> rows(ResolvedPipeline resolved) {
        SourcePipelines others = new SourcePipelines(catalog(), board);
        try {
            List<SourceRows> rows = others.rowsFor(resolved);
            sources = others.prepared();
            return rows;
        } catch (TemporalFailure failure) {
            board.set(Stage.PREPARE, State.FAILED, FailureCauses.message(failure));
            throw StageRunner.plain("", failure);
        }
    }

    private static Trigger trigger(PipelineRequest request) {
        Retraining retraining = request.retraining();
        return retraining == null ? Trigger.REQUEST : retraining.trigger();
    }

    private static String monitorId(RunRef run) {
        return run.pipeline() + "/" + Stage.MONITOR.word();
    }

    /** The results that a resumed run takes from the earlier run; nothing for any other run. */
    private static PipelineReport earlier(PipelineRequest request, ResolvedPipeline resolved) {
        Resume resume = request.resume();
        if (resume == null) {
            return PipelineReport.NOTHING;
        }
        ResumeActivities activities = StageStubs.activities(
                ResumeActivities.class,
                RESOLVE_POLICY,
                TaskQueues.LIGHT,
                "take over what run " + resume.runId() + " made");
        try {
            return activities.takeOver(resolved, resume);
        } catch (TemporalFailure failure) {
            throw StageRunner.plain("", failure);
        }
    }

    private void gate(EvaluationReport evaluation) {
        if (evaluation.verdict() == Verdict.GO) {
            return;
        }
        board.set(Stage.DEPLOY, State.SKIPPED, "the gate said " + evaluation.verdict());
        board.set(Stage.MONITOR, State.SKIPPED, "nothing was deployed");
        String reasons = evaluation.scores().stream()
                .filter(score -> score.verdict() != Verdict.GO)
                .map(score -> score.metric() + ": " + score.why())
                .collect(java.util.stream.Collectors.joining("; "));
        throw FailureType.GATE_FAILED.of("evaluate: the gate said %s. %s".formatted(evaluation.verdict(), reasons));
    }

    /** Starts the monitor, which continues after this run, or passes the new model to it. */
    private void startMonitor(StageRunner stages, RunRef run, Priority share) {
        if (!stages.named(Stage.MONITOR)) {
            return;
        }
        String id = monitorId(run);
        MonitorRequest request = stages.request(StageGraph.MONITOR);
        follow(id, request, share);
        stages.record(StageGraph.MONITOR, id);
        board.start(Stage.MONITOR, id);
        board.set(Stage.MONITOR, State.RUNNING, "watching " + request.spec().logName());
    }

    /** There is one monitor per pipeline: a running one gets the new model and keeps its state. */
    private static void follow(String id, MonitorRequest request, Priority share) {
        MonitorWorkflow monitor = Workflow.newChildWorkflowStub(
                MonitorWorkflow.class,
                StageStubs.child(id, "watch " + request.spec().logName())
                        .setPriority(share)
                        .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
                        .build());
        Async.procedure(monitor::monitor, request);
        try {
            Workflow.getWorkflowExecution(monitor).get();
        } catch (ChildWorkflowFailure running) {
            Workflow.newExternalWorkflowStub(MonitorWorkflow.class, id).follow(request);
        }
    }
}
