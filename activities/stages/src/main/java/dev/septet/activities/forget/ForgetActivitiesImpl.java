package dev.septet.activities.forget;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.lineage.Trace;
import dev.septet.activities.lineage.Trace.SeenVersion;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
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
import dev.septet.workflows.forget.RemovalRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.activity.Activity;
import io.temporal.client.WorkflowClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The erasure of rows on a worker. Each step may be repeated after a kill. */
public final class ForgetActivitiesImpl implements ForgetActivities, PublishedVersionActivities {
    /** Limits nothing but attempts without progress; the workflow's policy has the timeouts. */
    private static final StagePolicy POLICY =
            StagePolicy.within(Duration.ofHours(12)).endless();

    /**
     * Cached answers of models to test rows, and of teachers to requests that quote rows, and vectors of test rows. They do not
     * name their dataset, so all of them are emptied. A stage that needs them asks again.
     */
    private static final List<String> ANSWERS = List.of("predictions/", "answers/", "vectors/");

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
            Optional<Erasure> recorded = recorded(request.run().pipeline(), request.order());
            Erasure now = Erasure.of(store, environment, order);
            // A later plan has what was made since in addition.
            Erasure plan = recorded.isEmpty() ? now : now.and(recorded.get());
            record(request, plan, attempt.fence());
            return plan.plan(order, published(plan));
        });
    }

    /** The pipelines of a plan's versions that have folders or buckets. */
    private List<String> published(Erasure plan) throws IOException {
        Aliases aliases = new Aliases(store, environment);
        List<String> published = new ArrayList<>();
        for (String pipeline : plan.versions().keySet()) {
            if (!aliases.history(pipeline).places().isEmpty()) {
                published.add(pipeline);
            }
        }
        return published;
    }

    @Override
    public void exclude(ErasureRequest request) {
        Attempt.of(store, request.run(), "exclude-rows", POLICY, attempt -> {
            Erasure plan = planned(request);
            for (String pipeline : plan.exclusions().keySet()) {
                var unused = ForgottenRows.add(store, pipeline, plan.excluded(pipeline), attempt.fence());
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
            List<String> served = new ArrayList<>();
            for (SeenVersion version :
                    Trace.of(store, environment, order(request).query()).versions()) {
                if (!version.state().equals(SeenVersion.RETIRED)) {
                    served.add("version %s of %s %s".formatted(version.version(), version.pipeline(), version.state()));
                }
            }
            return served;
        });
    }

    @Override
    public List<String> removeVersions(RemovalRequest request) {
        return Attempt.of(store, request.run(), "remove-versions-of-" + request.pipeline(), POLICY, attempt -> {
            Aliases aliases = new Aliases(store, environment);
            List<String> left = new ArrayList<>();
            Set<String> versions = planned(request.orderedFor(), request.order())
                    .versions()
                    .getOrDefault(request.pipeline(), Collections.emptySortedSet());
            for (String sha256 : versions) {
                attempt.heartbeats().check();
                left.addAll(aliases.remove(request.pipeline(), sha256));
            }
            return left;
        });
    }

    @Override
    public ErasureReport erase(ErasureRequest request, List<String> retrained, List<String> left) {
        return Attempt.of(store, request.run(), "erase", POLICY, attempt -> {
            ErasureOrder order = order(request);
            // Runs that had begun earlier may have made more, until they ended.
            Erasure planned = planned(request);
            Erasure now = Erasure.of(store, environment, order);
            Set<String> missing = planned.missing(now);
            if (!missing.isEmpty()) {
                throw new StageProblem(
                        FailureType.POLICY_DENIED,
                        "nothing was deleted from the store, because the rows have just come to %s; start `septet data forget` again"
                                .formatted(String.join(", ", missing)));
            }
            Erasure all = now.and(planned);
            record(request, all, attempt.fence());
            long done = 0;
            for (ArtifactRef artifact : all.artifacts()) {
                attempt.heartbeats()
                        .reportAndCheck(
                                Progress.of("deleting", done++, all.artifacts().size(), "artifacts"));
                store.remove(artifact, attempt.fence());
            }
            for (String scope : all.scopes()) {
                attempt.heartbeats().check();
                store.checkpoints().clear(scope, attempt.fence());
            }
            clearAnswers(attempt);
            verify(all);
            ErasureReport report = report(order, all, retrained, left);
            store.putRecord(name(request, "report"), SpecJson.mapper().writeValueAsString(report), attempt.fence());
            return report;
        });
    }

    private void clearAnswers(Attempt attempt) throws IOException {
        for (String prefix : ANSWERS) {
            for (String name : store.records(prefix)) {
                attempt.heartbeats().check();
                if (!store.record(name).orElse("").isEmpty()) {
                    store.putRecord(name, "", attempt.fence());
                }
            }
        }
    }

    private void verify(Erasure all) throws IOException {
        for (ArtifactRef artifact : all.artifacts()) {
            if (store.holds(artifact)) {
                throw new IOException(artifact.uri() + " is in the store again: a run has just stored it");
            }
        }
        for (String scope : all.scopes()) {
            if (store.checkpoints().scopes(scope).contains(scope)) {
                throw new IOException("checkpoints of %s are in the store again".formatted(scope));
            }
        }
    }

    private static ErasureReport report(ErasureOrder order, Erasure all, List<String> retrained, List<String> left) {
        List<String> everything = new ArrayList<>(all.left());
        everything.addAll(left);
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
                everything,
                all.byContent());
    }

    private ErasureOrder order(ErasureRequest request) throws IOException {
        return ErasureOrder.read(store, request.run().pipeline(), request.order());
    }

    private Erasure planned(ErasureRequest request) throws IOException {
        return planned(request.run().pipeline(), request.order());
    }

    private Erasure planned(String pipeline, String order) throws IOException {
        return recorded(pipeline, order)
                .orElseThrow(() -> new StageProblem(
                        FailureType.REFUSED, "the erasure has no plan; start `septet data forget` again"));
    }

    private Optional<Erasure> recorded(String pipeline, String order) throws IOException {
        Optional<String> text = store.record(ErasureOrder.name(pipeline, order, "plan"));
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
