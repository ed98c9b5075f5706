package dev.septet.activities.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.evaluate.report.FactSection;
import dev.septet.activities.prepare.DatasetCard;
import dev.septet.activities.quota.RunUseRecords;
import dev.septet.activities.resource.EnergyRecords;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.text.PublicText;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.summary.RunPageActivities;
import dev.septet.workflows.summary.RunPageRequest;
import io.grpc.StatusRuntimeException;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes the report of a whole run. */
public final class RunPageActivitiesImpl implements RunPageActivities {
    private static final StagePolicy POLICY = StagePolicy.within(Duration.ofMinutes(5));
    private static final int LONGEST_IDENTITY = 200;

    private final ArtifactStore store;
    private final ReportSettings settings;
    private final ClientIdentity clients;

    public RunPageActivitiesImpl(ArtifactStore store, ReportSettings settings) {
        this(store, settings, RunPageActivitiesImpl::identity);
    }

    /** With another way to find who started a run; for tests. */
    RunPageActivitiesImpl(ArtifactStore store, ReportSettings settings, ClientIdentity clients) {
        this.store = store;
        this.settings = settings;
        this.clients = clients;
    }

    @Override
    public ArtifactRef write(RunPageRequest request) {
        return Attempt.of(store, request.run(), "run-page", POLICY, attempt -> write(request, attempt));
    }

    private ArtifactRef write(RunPageRequest request, Attempt attempt) throws IOException {
        EvaluationReport evaluation = Objects.requireNonNull(request.results().evaluation(), "an evaluation");
        DeploymentRef deployment = request.results().deployment();
        RunCost cost = RunCost.of(
                        request.facts().stages(),
                        request.spec(),
                        settings,
                        new EnergyRecords(store, request.run().runId()).joules().orElse(null))
                .charged(ServiceCharge.of(store, request).orElse(null))
                .with(new RunUseRecords(store, request.run().runId()).sum().orElse(null));
        RunRecord run = RunRecord.of(
                request,
                clients.of(request.facts().workflowId(), request.run().runId())
                        .map(RunPageActivitiesImpl::bounded)
                        .orElse(null),
                cost);
        PipelineVersions versions = new PipelineVersions(store, run.pipeline());
        PipelineVersion own = version(run, evaluation);
        List<PipelineVersion> before = versions.before(own);
        Optional<PipelineVersion> last = last(before);
        Optional<RunRecord> earlier = last.flatMap(versions::record);
        JsonNode dataset = card(run.dataset());
        RunFactTables facts = new RunFactTables(run, deployment, dataset, settings, cost);
        List<FactSection> tables = facts.sections();
        RunHead head = new RunHead(
                run.pipeline(),
                evaluation.verdict(),
                evaluation.scores(),
                tables,
                last.map(version -> compared(version, earlier)).orElse("This is the first version of the pipeline."),
                earlier.map(known -> VersionChanges.between(known, run)).orElse(List.of()),
                VersionTrends.of(all(before, own), own.scores()),
                settings.link(
                                Activity.getExecutionContext().getInfo().getNamespace(),
                                request.facts().workflowId(),
                                run.runId())
                        .orElse(null));
        Path folder = store.scratch(attempt.fence());
        Files.writeString(folder.resolve(RunHead.FRAGMENT), head.fragment());
        Files.writeString(folder.resolve(RunHead.PAGE), head.html());
        if (run.facts().failure() != null) {
            RunFactTables shared = new RunFactTables(run.withoutMessage(), deployment, dataset, settings, cost);
            Files.writeString(
                    folder.resolve(RunHead.TRACKED),
                    head.with(shared.sections()).html());
        }
        Files.writeString(
                folder.resolve(RunRecord.FILE),
                SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(run));
        Optional<String> card = modelCard(evaluation);
        if (card.isPresent()) {
            Files.writeString(folder.resolve("README.md"), facts.card(card.get()));
        }
        ArtifactRef written = store.put(folder, attempt.fence());
        versions.add(own.with(written), attempt.fence());
        return written;
    }

    /** Reads the first event of the run's history. */
    private static Optional<String> identity(String workflowId, String runId) {
        ActivityExecutionContext context = Activity.getExecutionContext();
        try {
            return context
                    .getWorkflowClient()
                    .getWorkflowServiceStubs()
                    .blockingStub()
                    .getWorkflowExecutionHistory(GetWorkflowExecutionHistoryRequest.newBuilder()
                            .setNamespace(context.getInfo().getNamespace())
                            .setExecution(WorkflowExecution.newBuilder()
                                    .setWorkflowId(workflowId)
                                    .setRunId(runId))
                            .setMaximumPageSize(1)
                            .build())
                    .getHistory()
                    .getEventsList()
                    .stream()
                    .filter(HistoryEvent::hasWorkflowExecutionStartedEventAttributes)
                    .map(event ->
                            event.getWorkflowExecutionStartedEventAttributes().getIdentity())
                    .filter(identity -> !identity.isBlank())
                    .findFirst();
        } catch (StatusRuntimeException unavailable) {
            return Optional.empty();
        }
    }

    private static String bounded(String identity) {
        String line = PublicText.line(identity);
        return line.length() <= LONGEST_IDENTITY ? line : line.substring(0, LONGEST_IDENTITY) + "...";
    }

    private static PipelineVersion version(RunRecord run, EvaluationReport evaluation) {
        return new PipelineVersion(
                run.runId(),
                run.facts().startedMillis(),
                evaluation.verdict(),
                evaluation.scores().stream()
                        .map(score -> new Score(
                                score.metric(),
                                score.before(),
                                score.after(),
                                score.low(),
                                score.high(),
                                score.rows(),
                                score.verdict(),
                                ""))
                        .toList(),
                run.published(),
                null);
    }

    /** The newest published version, or the newest run where none is published. */
    private static Optional<PipelineVersion> last(List<PipelineVersion> before) {
        for (int at = before.size() - 1; at >= 0; at--) {
            if (before.get(at).published() != null) {
                return Optional.of(before.get(at));
            }
        }
        return before.isEmpty() ? Optional.empty() : Optional.of(before.get(before.size() - 1));
    }

    private static String compared(PipelineVersion version, Optional<RunRecord> record) {
        return "Compared with %s %s of %s, run %s.%s"
                .formatted(
                        version.published() == null ? "the unpublished" : "version",
                        version.name(),
                        RunFactTables.time(version.startedMillis()),
                        version.runId(),
                        record.isEmpty() ? " Its record is not in the store any more." : "");
    }

    private static List<PipelineVersion> all(List<PipelineVersion> before, PipelineVersion own) {
        List<PipelineVersion> all = new ArrayList<>(before);
        all.add(own);
        return all;
    }

    private Optional<String> modelCard(EvaluationReport evaluation) {
        try {
            return Optional.of(
                    Files.readString(store.fetch(evaluation.artifact()).resolve("README.md")));
        } catch (IOException | RuntimeException removed) {
            return Optional.empty(); // an erasure may have removed the evaluation
        }
    }

    private JsonNode card(@Nullable DatasetRef dataset) {
        if (dataset == null) {
            return MissingNode.getInstance();
        }
        try {
            Path file = store.fetch(dataset.artifact()).resolve(DatasetCard.FILE);
            return Files.isRegularFile(file) ? SpecJson.mapper().readTree(file.toFile()) : MissingNode.getInstance();
        } catch (IOException | RuntimeException removed) {
            return MissingNode.getInstance(); // an erasure may have removed the dataset
        }
    }
}
