package dev.septet.workflows;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.approval.AnswerActivities;
import dev.septet.workflows.approval.AnswerRequest;
import dev.septet.workflows.approval.CheckedAnswer;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ChainReport;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.TrainingWarning;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.canary.CanaryActivities;
import dev.septet.workflows.canary.CanaryReading;
import dev.septet.workflows.canary.CanaryTrial;
import dev.septet.workflows.catalog.CatalogActivities;
import dev.septet.workflows.catalog.QueueActivities;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.catalog.RunActivities;
import dev.septet.workflows.deploy.DeployActivities;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.deploy.Publication;
import dev.septet.workflows.deploy.PublishActivities;
import dev.septet.workflows.evaluate.EvaluateActivities;
import dev.septet.workflows.evaluate.EvaluateRequest;
import dev.septet.workflows.host.Host;
import dev.septet.workflows.host.HostActivities;
import dev.septet.workflows.initialize.InitializeActivities;
import dev.septet.workflows.initialize.InitializeRequest;
import dev.septet.workflows.monitor.DriftFinding;
import dev.septet.workflows.monitor.FollowActivities;
import dev.septet.workflows.monitor.LogActivities;
import dev.septet.workflows.monitor.LogWindow;
import dev.septet.workflows.monitor.MonitorActivities;
import dev.septet.workflows.monitor.MonitorRequest;
import dev.septet.workflows.monitor.Observation;
import dev.septet.workflows.prepare.MergeRequest;
import dev.septet.workflows.prepare.PrepareActivities;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.prepare.ShardPlanRef;
import dev.septet.workflows.prepare.ShardRef;
import dev.septet.workflows.prepare.ShardRequest;
import dev.septet.workflows.quota.TeamShare;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.RunInProgress;
import dev.septet.workflows.setup.PlannedTrial;
import dev.septet.workflows.setup.PreflightReport;
import dev.septet.workflows.setup.SearchEnd;
import dev.septet.workflows.setup.SearchPlan;
import dev.septet.workflows.setup.SearchSummary;
import dev.septet.workflows.setup.SetupActivities;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.setup.TrialRequest;
import dev.septet.workflows.setup.TrialResult;
import dev.septet.workflows.setup.WorkerProbe;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainOutcome;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInfo;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.SearchAttributeKey;
import io.temporal.failure.ApplicationFailure;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Hand-written activities that answer at once and remember who asked for what, where. */
final class FakeActivities
        implements CatalogActivities,
                PrepareActivities,
                InitializeActivities,
                SetupActivities,
                TrainActivities,
                EvaluateActivities,
                DeployActivities,
                PublishActivities,
                CanaryActivities,
                MonitorActivities,
                QueueActivities,
                RunActivities,
                FollowActivities,
                HostActivities,
                LogActivities,
                AnswerActivities {
    /** Of each answer that was checked, its person; who is not here is refused. */
    final Map<String, String> people = new ConcurrentHashMap<>();

    @Override
    public CheckedAnswer check(AnswerRequest request) {
        String person = people.get(String.valueOf(request.answer().by()));
        if (person == null) {
            throw FailureType.REFUSED.of(
                    "the signature is not that of " + request.answer().by());
        }
        return new CheckedAnswer(person, true, "sealed for " + person);
    }

    /** Of the runs that are resolved. */
    @Nullable
    String ticket;

    /** Whether a watch may follow the models that it is told to. */
    boolean admits = true;

    @Override
    public void admit(MonitorRequest newer) {
        if (!admits) {
            throw FailureType.POLICY_DENIED.of("no ticket of ours");
        }
    }

    /** Each call as {@code <activity>@<queue>}. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    /** What each preparation was made of. */
    final List<PrepareRequest> prepared = new CopyOnWriteArrayList<>();

    final List<ShardRequest> shards = new CopyOnWriteArrayList<>();
    final List<MergeRequest> merged = new CopyOnWriteArrayList<>();
    volatile @Nullable RuntimeException shardFailure;

    final List<EvaluateRequest> evaluated = new CopyOnWriteArrayList<>();
    final List<TrainRequest> trained = new CopyOnWriteArrayList<>();
    PipelineSpec spec = Specs.complete();
    Verdict verdict = Verdict.GO;
    double score = 0.95;
    List<String> searchable =
            SearchTags.ALL.stream().map(SearchAttributeKey::getName).toList();

    /** What the server says of every queue, question by question; in the end it has one worker. */
    final Deque<Integer> pollers = new ConcurrentLinkedDeque<>();

    /** Pipelines beside it, by name. */
    final Map<String, PipelineSpec> others = new ConcurrentHashMap<>();

    /** Of the next export. */
    String exportDigest = "e".repeat(64);

    boolean reused;

    @Nullable
    ApplicationFailure trainFailure;

    @Nullable
    List<TrainingWarning> warnings;

    /** The attempt that ends the training for good, as the stage's own count would. */
    int trainGivesUpAt = 10;

    /** Train until told to stop, as a long training would. */
    boolean trainUntilCancelled;

    /** How many trainings ended because they were told to. */
    final AtomicInteger handedOver = new AtomicInteger();

    /** What the training hears, and what it decides. */
    final FakeSteering steering = new FakeSteering();

    final FakeSearch searched = new FakeSearch();

    final FakeCandidates candidates = new FakeCandidates();

    final FakeForget forget = new FakeForget();

    /** What is served over months; null where every run stands alone. */
    @Nullable
    World world;

    /** Rows that reviewers made of feedback. */
    long reviewed;

    /** How many verdicts are void when they are to take effect. */
    final AtomicInteger staleVerdicts = new AtomicInteger();

    /** Export that answers before this run's. */
    @Nullable
    String champion;

    /** Every look at a trial, and what it sees. */
    final List<CanaryTrial> checked = new CopyOnWriteArrayList<>();

    Function<CanaryTrial, CanaryReading> canary = trial -> new CanaryReading(0, 0, List.of());

    /** What runs before this one made. */
    final FakeEarlierRun earlier = new FakeEarlierRun();

    /** What people were told. */
    final FakeNotices notices = new FakeNotices();

    final FakeTracks tracks = new FakeTracks();

    final FakeRunPages pages = new FakeRunPages();

    final FakeQuotas quotas = new FakeQuotas();

    /** Number of every look by its activity: one that is tried twice is one look. */
    final Map<String, Integer> looks = Collections.synchronizedMap(new LinkedHashMap<>());

    /**
     * Workflows that the server would say are gone. (The one that skips time stands still when a
     * run that has children is terminated.)
     */
    final Set<String> terminated = ConcurrentHashMap.newKeySet();

    /** Rows that a window has. */
    volatile long rows = 200;

    /** Task queues of the looks. */
    final Set<String> lookQueues = ConcurrentHashMap.newKeySet();

    /** Why no look is possible now, null = it is. */
    volatile @Nullable RuntimeException lookFailure;

    IntPredicate driftAtWindow = window -> false;

    @Override
    public ResolvedPipeline resolve(PipelineRequest request, String runId) {
        note("Resolve");
        PipelineSpec other = others.get(request.pipeline());
        if (other != null) {
            return new ResolvedPipeline(new RunRef(other.name(), runId, "/srv", "0dd"), other);
        }
        if (!"hello".equals(request.pipeline())) {
            throw FailureType.INVALID_PIPELINE.of(
                    "`%s` is not a known pipeline. Known: hello".formatted(request.pipeline()));
        }
        RunRef run = new RunRef("hello", runId, "/srv/hello", "5eed", searchable, null);
        RunRef known = ticket == null ? run : run.withTicket(ticket);
        RunRef counted = share == null ? known : known.withTeam("search");
        return new ResolvedPipeline(host == null ? counted : counted.withSharedStore(), spec, share);
    }

    /** What the operator gives to the run's team; null where no use is counted. */
    volatile @Nullable TeamShare share;

    /** Which machine has the pipeline's files; null where the store is one machine's. */
    volatile @Nullable String host;

    /** Whether the host's log has enough rows for a look. */
    boolean enoughRows = true;

    @Override
    public Host host(RunRef run) {
        note("Host");
        String id = java.util.Objects.requireNonNull(host);
        return new Host(id, id + ":/srv/state");
    }

    @Override
    public LogWindow read(MonitorRequest request) {
        note("ReadLog");
        return enoughRows
                ? new LogWindow(200, request.cursor(), "d".repeat(64), reviewed, null)
                : new LogWindow(7, request.cursor(), null, reviewed, null);
    }

    @Override
    public DatasetRef prepare(PrepareRequest request) {
        note("Prepare");
        prepared.add(request);
        Retraining why = request.retraining();
        long learns = why == null ? 0 : why.reviewed() < 0 ? reviewed : why.reviewed();
        return new DatasetRef(artifact("dataset"), 90, 5, 5, 9000, 4500, null, 120, 1, 2, 3, learns, 0, 0, origin());
    }

    @Override
    public ShardPlanRef planShards(PrepareRequest request) {
        note("PlanShards");
        return new ShardPlanRef(artifact("plan"), List.of(64L, 64L, 64L, 64L, 8L), null);
    }

    @Override
    public ShardRef prepareShard(ShardRequest request) {
        note("PrepareShard " + request.shard());
        shards.add(request);
        if (shardFailure != null && request.shard() == 2) {
            throw shardFailure;
        }
        return new ShardRef(artifact("shard-" + request.shard()), 10, origin());
    }

    @Override
    public DatasetRef mergeShards(MergeRequest request) {
        note("MergeShards");
        merged.add(request);
        return prepare(request.prepare());
    }

    @Override
    public ModelRef initialize(InitializeRequest request) {
        note("Initialize");
        return new ModelRef(artifact("model"), "LlamaForCausalLM", 3_000_000, 6, "mit", 1, 2, origin());
    }

    @Override
    public PreflightReport preflight(SetupRequest request) {
        note("Preflight");
        return new PreflightReport(new WorkerProbe("f1", "host", "cpu", 2, 1L << 34, 1L << 36), 0.5, 1, origin());
    }

    @Override
    public TrialResult trial(TrialRequest request) {
        note("Trial");
        double loss = request.learningRate() == 2e-4 && request.rank() == 8 ? 0.5 : 1.0;
        PlannedTrial planned = request.planned();
        if (planned != null) {
            return searched.trial(request, planned);
        }
        return new TrialResult(request.number(), request.learningRate(), request.rank(), loss, origin());
    }

    @Override
    public SearchPlan planSearch(SetupRequest request, double secondsPerStep) {
        note("PlanSearch");
        return searched.plan();
    }

    @Override
    public SearchSummary endSearch(SearchEnd end) {
        note("EndSearch");
        searched.ended.add(end);
        return new SearchSummary(
                artifact("search"),
                end.winner(),
                end.plan().trials().get(end.winner()).point(),
                end.plan().steps(),
                "the validation loss",
                null);
    }

    @Override
    public TrainOutcome train(TrainRequest request, int pauses) {
        note("Train");
        trained.add(request);
        if (world != null) {
            world.train(request.run().runId());
        }
        while (trainUntilCancelled) {
            try {
                Activity.getExecutionContext().heartbeat(Progress.of("training", 1, 2, "steps"));
            } catch (ActivityCompletionException told) {
                handedOver.incrementAndGet();
                throw told;
            }
            LockSupport.parkNanos(20_000_000);
        }
        ApplicationFailure failure = trainFailure;
        if (failure != null) {
            throw Activity.getExecutionContext().getInfo().getAttempt() < trainGivesUpAt
                    ? failure
                    : ApplicationFailure.newNonRetryableFailure(failure.getOriginalMessage(), failure.getType());
        }
        TrainOutcome.Pause pause = steering.train();
        if (pause != null) {
            return TrainOutcome.paused(pause.step(), pause.heard());
        }
        return TrainOutcome.done(new CheckpointRef(
                artifact("adapter"), true, artifact("ledger"), 12, 0.25, 0.3, "all steps", warnings, origin()));
    }

    @Override
    public EvaluationReport evaluate(EvaluateRequest request) {
        note("Evaluate");
        evaluated.add(request);
        int fold = request.run().runId().lastIndexOf("/fold-");
        Verdict verdict =
                world == null ? this.verdict : world.gate(request.run().runId());
        double after =
                fold < 0 ? score : 0.5 + Integer.parseInt(request.run().runId().substring(fold + 6)) / 10.0;
        Score score = new Score("exactMatch", 0.0, after, 0.9, 1.0, 5, verdict, "0.95 against 0.9");
        return new EvaluationReport(verdict, List.of(score), artifact("report"), origin());
    }

    @Override
    public ExportRef export(DeployRequest request) {
        note("Export");
        return new ExportRef(
                new ArtifactRef(
                        "store:export",
                        world == null
                                ? exportDigest
                                : world.export(request.run().runId()),
                        10),
                1e-5,
                1e-2,
                ChainReport.EMPTY,
                origin());
    }

    @Override
    public Publication publish(DeployRequest request, ExportRef export, List<Approval> approvals) {
        note("Publish");
        if (staleVerdicts.getAndDecrement() > 0) {
            throw FailureType.VERDICT_STALE.of("meanwhile it is another");
        }
        return new Publication(
                export.artifact(),
                List.of(new DeploymentRef.Published("directory", "models/hello")),
                world == null ? champion : world.champion(),
                "k");
    }

    @Override
    public void challenge(DeployRequest request, Publication publication) {
        note("Challenge");
        if (world != null) {
            world.challenge(publication.artifact().sha256());
        }
    }

    @Override
    public long cursor(RunRef run) {
        note("CanaryCursor");
        return 100;
    }

    @Override
    public CanaryReading check(CanaryTrial trial) {
        note("CanaryCheck");
        checked.add(trial);
        return world == null ? canary.apply(trial) : world.check(trial.challenger(), trial.elapsedSeconds());
    }

    @Override
    public DeploymentRef promote(DeployRequest request, Publication publication) {
        note("Promote");
        if (world != null) {
            world.promote(publication.artifact().sha256());
        }
        return new DeploymentRef(
                publication.artifact(),
                publication.published(),
                publication.champion(),
                ChainReport.EMPTY,
                List.of(),
                origin());
    }

    @Override
    public void rollBack(DeployRequest request, Publication publication) {
        note("RollBack");
        if (world != null) {
            world.rollBack(publication.artifact().sha256());
        }
    }

    @Override
    public Observation count(MonitorRequest request) {
        note("Count");
        return new Observation(rows, rows >= request.spec().minimum(), request.cursor(), List.of(), reviewed);
    }

    @Override
    public Observation observe(MonitorRequest request) {
        ActivityInfo look = Activity.getExecutionContext().getInfo();
        looks.put(look.getWorkflowRunId() + "/" + look.getActivityId(), request.windows());
        lookQueues.add(look.getActivityTaskQueue());
        note("Observe");
        RuntimeException broken = lookFailure;
        if (broken != null) {
            throw broken;
        }
        boolean drifted = world == null ? driftAtWindow.test(request.windows()) : world.drifted();
        return new Observation(
                200,
                true,
                request.cursor() + 10,
                List.of(new DriftFinding(
                        request.spec().drifts().get(0),
                        drifted ? 0.9 : 0.01,
                        drifted ? 0.001 : 0.8,
                        drifted ? 0.001 : 0.8,
                        200,
                        drifted,
                        drifted ? "it drifted" : "no drift")),
                reviewed);
    }

    @Override
    public int pollers(String queue) {
        note("Pollers");
        Integer next = pollers.poll();
        return next == null ? 1 : next;
    }

    @Override
    public List<RunInProgress> stillUnderWay(List<RunInProgress> runs) {
        return runs.stream()
                .filter(run -> !terminated.contains(run.workflowId()))
                .toList();
    }

    private void note(String activity) {
        String queue = Activity.getExecutionContext().getInfo().getActivityTaskQueue();
        calls.add(activity + "@" + queue);
        if (world != null) {
            world.attempt(activity);
        }
    }

    private Origin origin() {
        return reused ? new Origin("k", "run-1", "unchanged since run-1") : new Origin("k", null, "first run");
    }

    static ArtifactRef artifact(String name) {
        return new ArtifactRef("store:" + name, "0".repeat(64), 10);
    }
}
