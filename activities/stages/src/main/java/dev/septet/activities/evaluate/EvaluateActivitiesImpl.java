package dev.septet.activities.evaluate;

import dev.septet.activities.answer.Teachers;
import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.evaluate.cluster.DataRequest;
import dev.septet.activities.evaluate.cluster.ErrorClusterFindings;
import dev.septet.activities.evaluate.cluster.ErrorClusterSearch;
import dev.septet.activities.evaluate.judge.JudgeHistory;
import dev.septet.activities.evaluate.report.SummaryLine;
import dev.septet.activities.evaluate.safety.GuardModels;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.split.LowData;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.train.ObjectiveNote;
import dev.septet.dsl.pipeline.evaluate.ErrorClustersSpec;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.FoldScores;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.evaluate.EvaluateActivities;
import dev.septet.workflows.evaluate.EvaluateRequest;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The evaluate stage on a worker. */
public final class EvaluateActivitiesImpl implements EvaluateActivities {
    private final ArtifactStore store;
    private final PipelineFiles files;
    private final Subjects subjects;
    private final GuardModels guards;
    private final Judges judges;

    /** Opens the models that judge answers. */
    @FunctionalInterface
    public interface Judges {
        /**
         * The models of a run.
         *
         * @param progress receives download progress
         */
        Teachers of(RunRef run, Consumer<Progress> progress);
    }

    /** With the guards of this process, and without models that judge answers. */
    public EvaluateActivitiesImpl(ArtifactStore store, PipelineFiles files, Subjects subjects) {
        this(store, files, subjects, GuardModels.ofProcess(files), (run, progress) -> Teachers.none());
    }

    /**
     * With the models that pipelines may use besides their own.
     *
     * @param guards find the guards of safety checks
     * @param judges open the models that judge answers
     */
    public EvaluateActivitiesImpl(
            ArtifactStore store, PipelineFiles files, Subjects subjects, GuardModels guards, Judges judges) {
        this.store = store;
        this.files = files;
        this.subjects = subjects;
        this.guards = guards;
        this.judges = judges;
    }

    @Override
    public EvaluationReport evaluate(EvaluateRequest request) {
        return Attempt.of(store, request.run(), "evaluate", request.spec().policy(), attempt -> {
            ExamFiles exam =
                    ExamFiles.read(files, guards, request.run(), request.spec(), attempt.heartbeats()::reportAndCheck);
            Champion champion = champion(store, request);
            KeyMeasurements measured =
                    exam.measured().with(KeyMeasurement.CHAMPION, champion == null ? null : champion.sha256());
            return new StageResults(store)
                    .once(
                            request.run(),
                            StageKey.of(StageGraph.EVALUATE, request, measured),
                            attempt.fence(),
                            EvaluationReport.class,
                            origin -> evaluate(request, exam, champion, attempt, origin));
        });
    }

    /** The model that the pipeline file compares with; null when it has no such comparison. */
    public static @Nullable Champion champion(ArtifactStore store, EvaluateRequest request) throws IOException {
        return request.spec().champion() == null
                ? null
                : Champion.of(store, request.run().pipeline());
    }

    private EvaluationReport evaluate(
            EvaluateRequest request, ExamFiles exam, @Nullable Champion champion, Attempt attempt, Origin origin)
            throws IOException {
        Path dataset = store.fetch(request.dataset().artifact());
        Candidate base = Candidate.whole(
                "base model",
                store.fetch(request.model().artifact()),
                request.model().artifact(),
                request.setup().precision());
        Candidate tuned = tuned(request, base);
        EndpointModel hosted =
                EndpointModel.read(store.fetch(request.checkpoint().artifact())).orElse(null);
        if (hosted != null) {
            base = base.by(new Candidate.Hosted(hosted.endpoint(), hosted.base()));
            tuned = tuned.by(new Candidate.Hosted(hosted.endpoint(), hosted.model()));
        }
        Predictions predictions = new Predictions(
                store,
                attempt.fence(),
                subjects,
                judges.of(request.run(), attempt.heartbeats()::reportAndCheck),
                RequestClock.REAL);
        ExamRun.Listener listener =
                (doing, done, total) -> attempt.heartbeats().reportAndCheck(Progress.of(doing, done, total, "rows"));
        ExamRun run = ExamRun.of(
                exam,
                new ExamRun.Models(
                        base,
                        tuned,
                        champion == null
                                ? null
                                : champion.candidate(
                                        store, base, request.setup().precision())),
                request.setup().seed(),
                dataset,
                request.dataset().artifact(),
                new ExamRun.Worker(store, attempt.fence(), guards, predictions, listener));
        EvaluationFindings found = run.run();
        EvaluationFindings judged = found.judged(
                new JudgeHistory(store, request.run().pipeline(), request.run().runId())
                        .since(found.judges(), attempt.fence()));
        Evaluation evaluation = run.evaluation();
        EvaluationFindings findings = clustered(request, judged, evaluation, predictions, listener::report);
        Path folder = store.scratch(attempt.fence());
        Path ledger = store.fetch(request.checkpoint().ledger());
        new ReportFolder(
                        request.run().pipeline(),
                        request.run().runId(),
                        dataset,
                        store.fetch(request.model().artifact()),
                        ledger.resolve("ledger.jsonl"),
                        request.model().licence(),
                        base.publicName(tuned),
                        lineage(request, ledger, exam, champion, hosted, subjects.measuresLosses(tuned)),
                        request.setup(),
                        request.trained(),
                        request.card(),
                        SearchSection.of(store, request))
                .write(folder, evaluation, findings);
        return new EvaluationReport(
                findings.verdict(),
                findings.scores(),
                store.put(folder, attempt.fence()),
                champion == null ? null : champion.sha256(),
                origin);
    }

    private static EvaluationFindings clustered(
            EvaluateRequest request,
            EvaluationFindings findings,
            Evaluation evaluation,
            Predictions predictions,
            Evaluation.Listener listener)
            throws IOException {
        ErrorClustersSpec word = evaluation.spec().checksOrNone().errorClusters();
        if (word == null) {
            return findings;
        }
        ErrorClusterSearch.Found found = evaluation.clusters(word, findings, predictions, listener);
        DataRequest wanted = DataRequest.of(
                request.run().pipeline(), found.clusters(), request.dataset().trainRows());
        return findings.grouped(new ErrorClusterFindings(found.clusters(), found.file(), wanted));
    }

    private Candidate tuned(EvaluateRequest request, Candidate base) throws IOException {
        Path folder = store.fetch(request.checkpoint().artifact());
        return request.checkpoint().adapter()
                ? base.with("tuned model", folder, request.checkpoint().artifact())
                : Candidate.whole(
                        "tuned model",
                        folder,
                        request.checkpoint().artifact(),
                        request.setup().precision());
    }

    private static List<SummaryLine> lineage(
            EvaluateRequest request,
            Path ledger,
            ExamFiles exam,
            @Nullable Champion champion,
            @Nullable EndpointModel hosted,
            boolean losses)
            throws IOException {
        List<SummaryLine> facts = new ArrayList<>(List.of(
                new SummaryLine("dataset", request.dataset().artifact().sha256()),
                new SummaryLine("base model", request.model().artifact().sha256()),
                new SummaryLine(
                        request.checkpoint().adapter() ? "adapter" : "trained model",
                        request.checkpoint().artifact().sha256()),
                new SummaryLine("training ledger", request.checkpoint().ledger().sha256()),
                new SummaryLine("pipeline spec", request.run().specDigest())));
        ObjectiveNote.read(ledger).ifPresent(objective -> facts.add(new SummaryLine("objective", objective.words())));
        long dropped = request.dataset().droppedLongRows();
        if (dropped > 0) {
            facts.add(new SummaryLine("rows dropped as too long", Long.toString(dropped)));
        }
        long truncated = request.dataset().truncatedRows();
        if (truncated > 0) {
            facts.add(new SummaryLine("rows truncated", Long.toString(truncated)));
        }
        for (String step : DatasetRef.REMOVING_STEPS) {
            Long removed = request.dataset().removedRows().get(step);
            if (removed != null) {
                facts.add(new SummaryLine("rows removed, " + step, Long.toString(removed)));
            }
        }
        String forgotten = request.dataset().forgottenWarning();
        if (forgotten != null) {
            facts.add(new SummaryLine("forgotten rows", forgotten));
        }
        LowData.ofTest(request.dataset().testRows())
                .ifPresent(few -> facts.add(new SummaryLine("few rows", few.toString())));
        FoldScores folds = request.folds();
        if (folds != null) {
            folds.metrics()
                    .forEach(each -> facts.add(new SummaryLine("cross-validation, " + each.metric(), each.words())));
        }
        ExamFiles.Suite suite = exam.suite();
        if (suite != null) {
            facts.add(new SummaryLine("forgetting suite", suite.digest()));
        }
        for (TestSetFile set : exam.sets()) {
            facts.add(new SummaryLine("test set " + set.spec().name(), set.digest()));
        }
        if (hosted != null) {
            facts.add(new SummaryLine("endpoint", hosted.endpoint()));
            facts.add(new SummaryLine("model at the endpoint", hosted.model()));
            facts.add(new SummaryLine(
                    "losses", losses ? "as the endpoint shows them" : "not measured, the endpoint does not show them"));
        }
        if (champion != null) {
            facts.add(new SummaryLine("champion", champion.sha256()));
        }
        return facts;
    }
}
