package dev.septet.activities.forget;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.lineage.RowQuery;
import dev.septet.activities.lineage.Trace;
import dev.septet.activities.lineage.Trace.SeenVersion;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencingToken;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.forget.ErasurePlan;
import dev.septet.workflows.forget.ErasureReport;
import dev.septet.workflows.forget.ErasureRequest;
import dev.septet.workflows.forget.ForgetActivities;
import dev.septet.workflows.forget.PublishedVersionActivities;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.activity.Activity;
import io.temporal.client.WorkflowClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/** The erasure of rows on a worker. Each step may be repeated after a kill. */
public final class ForgetActivitiesImpl implements ForgetActivities, PublishedVersionActivities {
    /** Limits nothing but attempts without progress; the workflow's policy has the timeouts. */
    private static final StagePolicy POLICY =
            StagePolicy.within(Duration.ofHours(12)).endless();

    /** Checkpoints of more attempts than this are left in a bucket. A training has few attempts. */
    private static final int ATTEMPTS = 64;

    private static final String PREDICTIONS = "predictions/";

    private final ArtifactStore store;
    private final Map<String, String> environment;

    /**
     * @param environment environment variables with the access keys of buckets that pipelines publish to
     */
    public ForgetActivitiesImpl(ArtifactStore store, Map<String, String> environment) {
        this.store = store;
        this.environment = Map.copyOf(environment);
    }

    @Override
    public ErasurePlan plan(ErasureRequest request) {
        return Attempt.of(store, request.run(), "plan-erasure", POLICY, attempt -> {
            ErasureOrder order = order(request);
            Optional<Erasure> recorded = recorded(request);
            Erasure now = Erasure.of(store, environment, order);
            // An order that is given again has the models that were trained since in addition.
            Erasure plan = recorded.isEmpty() ? now : now.and(recorded.get());
            record(request, plan, attempt.fence());
            return plan.plan(order);
        });
    }

    @Override
    public void exclude(ErasureRequest request) {
        Attempt.of(store, request.run(), "exclude-rows", POLICY, attempt -> {
            for (Map.Entry<String, SortedSet<String>> each :
                    planned(request).exclusions().entrySet()) {
                var unused = ForgottenRows.add(store, each.getKey(), each.getValue(), attempt.fence());
            }
            return request;
        });
    }

    @Override
    public List<String> openRuns(ErasureRequest request, List<String> pipelines) {
        WorkflowClient client = Activity.getExecutionContext().getWorkflowClient();
        try {
            return client.listExecutions("WorkflowType = 'Pipeline' AND ExecutionStatus = 'Running'")
                    .map(run -> run.getExecution().getWorkflowId())
                    .filter(id -> pipelines.stream().anyMatch(pipeline -> runs(id, pipeline)))
                    .sorted()
                    .toList();
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
                return List.of(); // the SDK's server in memory has no lists
            }
            throw e;
        }
    }

    /** Whether a workflow id is one of a pipeline's runs: its own name, a retraining, or a scheduled run. */
    private static boolean runs(String id, String pipeline) {
        return id.equals(pipeline)
                || id.startsWith(pipeline + "/")
                || (id.startsWith(pipeline + "-")
                        && id.substring(pipeline.length()).matches("-[0-9]{4}-[0-9]{2}-[0-9]{2}.*"));
    }

    @Override
    public List<String> stillServed(ErasureRequest request) {
        return Attempt.of(store, request.run(), "still-served", POLICY, attempt -> {
            Set<String> rows = Set.copyOf(order(request).rows());
            List<String> served = new ArrayList<>();
            for (SeenVersion version :
                    Trace.of(store, environment, RowQuery.of(rows)).versions()) {
                if (!version.state().equals(SeenVersion.RETIRED)) {
                    served.add("version %s of %s %s".formatted(version.version(), version.pipeline(), version.state()));
                }
            }
            return served;
        });
    }

    @Override
    public void removeVersions(ErasureRequest request) {
        Attempt.of(store, request.run(), "remove-versions", POLICY, attempt -> {
            Aliases aliases = new Aliases(store, environment);
            for (Map.Entry<String, SortedSet<String>> each :
                    planned(request).versions().entrySet()) {
                for (String sha256 : each.getValue()) {
                    aliases.remove(each.getKey(), sha256);
                }
            }
            return request;
        });
    }

    @Override
    public ErasureReport erase(ErasureRequest request, List<String> retrained) {
        return Attempt.of(store, request.run(), "erase", POLICY, attempt -> {
            ErasureOrder order = order(request);
            // Runs that had begun earlier may have made more, until they ended.
            Erasure all = Erasure.of(store, environment, order).and(planned(request));
            record(request, all, attempt.fence());
            long done = 0;
            for (ArtifactRef artifact : all.artifacts()) {
                attempt.heartbeats()
                        .reportAndCheck(
                                Progress.of("deleting", done++, all.artifacts().size(), "artifacts"));
                store.remove(artifact, attempt.fence());
            }
            prune(request, all);
            clearPredictions(attempt);
            verify(all);
            ErasureReport report = report(order, all, retrained);
            store.putRecord(name(request, "report"), SpecJson.mapper().writeValueAsString(report), attempt.fence());
            return report;
        });
    }

    private void prune(ErasureRequest request, Erasure all) throws IOException {
        FencingToken last = new FencingToken(Attempt.token(0).scheduledMillis(), ATTEMPTS);
        Fence fence = new Fence(request.run().runId() + "/erase-checkpoints", last);
        store.open(fence);
        try {
            for (String scope : all.scopes()) {
                store.checkpoints().prune(scope, 0, Set.of(), fence);
            }
        } finally {
            Attempt.release(store, fence);
        }
    }

    /**
     * Cached answers of models to test rows do not name their dataset, so all of them are emptied. An evaluation that needs
     * them computes them again.
     */
    private void clearPredictions(Attempt attempt) throws IOException {
        for (String name : store.records(PREDICTIONS)) {
            attempt.heartbeats().check();
            if (!store.record(name).orElse("").isEmpty()) {
                store.putRecord(name, "", attempt.fence());
            }
        }
    }

    private void verify(Erasure all) throws IOException {
        for (ArtifactRef artifact : all.artifacts()) {
            if (store.holds(artifact)) {
                throw new IOException(artifact.uri() + " is in the store again: a run has just stored it");
            }
        }
        CheckpointStore checkpoints = store.checkpoints();
        for (String scope : all.scopes()) {
            if (checkpoints.newestValid(scope).checkpoint().isPresent()) {
                throw new IOException("checkpoints of %s are in the store again".formatted(scope));
            }
        }
    }

    private static ErasureReport report(ErasureOrder order, Erasure all, List<String> retrained) {
        return new ErasureReport(
                order.id(),
                order.pipeline(),
                order.rows().size(),
                all.datasets(),
                all.artifacts().size(),
                all.bytes(),
                all.scopes().size(),
                all.versions().values().stream()
                        .flatMap(digests -> digests.stream())
                        .map(sha256 -> sha256.substring(0, 12))
                        .distinct()
                        .toList(),
                retrained,
                all.left());
    }

    private ErasureOrder order(ErasureRequest request) throws IOException {
        return ErasureOrder.read(store, request.run().pipeline(), request.order());
    }

    private Erasure planned(ErasureRequest request) throws IOException {
        return recorded(request)
                .orElseThrow(() -> new StageProblem(
                        FailureType.REFUSED, "the erasure has no plan; start `septet data forget` again"));
    }

    private Optional<Erasure> recorded(ErasureRequest request) throws IOException {
        Optional<String> text = store.record(name(request, "plan"));
        try {
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(SpecJson.mapper().readValue(text.get(), Erasure.class));
        } catch (JsonProcessingException damaged) {
            return Optional.empty(); // planned again
        }
    }

    private void record(ErasureRequest request, Erasure plan, Fence fence) throws IOException {
        store.putRecord(name(request, "plan"), SpecJson.mapper().writeValueAsString(plan), fence);
    }

    private static String name(ErasureRequest request, String part) {
        return ErasureOrder.name(request.run().pipeline(), request.order(), part);
    }
}
