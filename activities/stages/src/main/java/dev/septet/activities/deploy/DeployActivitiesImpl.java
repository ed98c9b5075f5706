package dev.septet.activities.deploy;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.deploy.chain.ChainProbes;
import dev.septet.activities.deploy.chain.EndpointHost;
import dev.septet.activities.deploy.chain.ExportSource;
import dev.septet.activities.deploy.chain.RecordedAnswers;
import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.WorkerFingerprint;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.VllmSpec;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ChainReport;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.deploy.DeployActivities;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The deploy stage's engine work: exports. */
public final class DeployActivitiesImpl implements DeployActivities {
    private final ArtifactStore store;
    private final EndpointHost host;
    private final ModelEndpoints endpoints;
    private final @Nullable ExportedGuards guards;
    private final @Nullable FormExaminer examiner;
    private final MergedType mergedType = MergedType.of(System.getenv());

    /**
     * For a worker.
     *
     * @param host serves a model for its verification before publication
     * @param endpoints services of the operator's file
     * @param guards finds the guards of deployments; null where no pipeline declares one
     * @param examiner examines quantized forms; null where no pipeline has {@code exam}
     */
    public DeployActivitiesImpl(
            ArtifactStore store,
            EndpointHost host,
            ModelEndpoints endpoints,
            @Nullable ExportedGuards guards,
            @Nullable FormExaminer examiner) {
        this.guards = guards;
        this.store = store;
        this.host = host;
        this.endpoints = endpoints;
        this.examiner = examiner;
    }

    @Override
    public ExportRef export(DeployRequest request) {
        return Attempt.of(store, request.run(), "export", request.spec().policy(), attempt -> export(request, attempt));
    }

    private ExportRef export(DeployRequest request, Attempt attempt) throws Exception {
        StageKey key = StageKey.of(
                StageGraph.DEPLOY,
                request,
                KeyMeasurements.NONE
                        .with(KeyMeasurement.WORKER, WorkerFingerprint.current())
                        .with(KeyMeasurement.GUARD, guardDigest(request))
                        .with(KeyMeasurement.MERGED_TYPE, request.checkpoint().adapter() ? mergedType.measured() : null)
                        .with(
                                KeyMeasurement.EXAM_FILES,
                                request.exam() == null ? null : examiner().filesDigest(request.run(), request.exam())));
        StageResults results = new StageResults(store);
        Optional<ExportRef> stored = results.find(request.run(), key, "", attempt.fence(), ExportRef.class);
        if (stored.isEmpty()) {
            return results.once(
                    request.run(), key, attempt.fence(), ExportRef.class, origin -> export(request, attempt, origin));
        }
        // The service may have changed or deleted the model since.
        Optional<EndpointModel> hosted =
                EndpointModel.read(store.fetch(stored.get().artifact()));
        if (hosted.isPresent()) {
            new EndpointExport(hosted.get(), endpoints, source(request), attempt.heartbeats()).verify();
        }
        return stored.get();
    }

    private @Nullable String guardDigest(DeployRequest request) throws IOException {
        return request.spec().guard() == null
                ? null
                : Objects.requireNonNull(guards).digest(request.run(), request.spec());
    }

    private void publishGuard(DeployRequest request, Attempt attempt, Path out) throws IOException {
        if (request.spec().guard() != null) {
            attempt.heartbeats().reportAndCheck(Progress.of("export: asking the guard", 0, 1, "parts"));
            Objects.requireNonNull(guards).publish(request.run(), request.spec(), store, attempt.fence(), out);
        }
    }

    private FormExaminer examiner() {
        return Objects.requireNonNull(examiner, "this worker cannot examine forms");
    }

    private ExportSource source(DeployRequest request) throws IOException {
        CheckpointRef trained = request.checkpoint();
        return new ExportSource(
                request.run().pipeline(),
                store.fetch(request.model().artifact()),
                store.fetch(trained.artifact()),
                trained.adapter(),
                store.fetch(request.dataset().artifact()),
                store.fetch(request.evaluation().artifact()));
    }

    private ExportRef export(DeployRequest request, Attempt attempt, Origin origin) throws IOException {
        ExportSource source = source(request);
        Fence fence = attempt.fence();
        Path out = store.scratch(fence);
        Optional<EndpointModel> hosted = EndpointModel.read(source.trained());
        if (hosted.isPresent()) {
            ChainReport proof = new EndpointExport(hosted.get(), endpoints, source, attempt.heartbeats())
                    .write(request.spec(), out);
            publishGuard(request, attempt, out);
            return new ExportRef(store.put(out, fence), 0, null, proof, origin);
        }
        FormExaminer exam = request.exam() == null ? null : examiner();
        ModelExporter.Findings findings = new ModelExporter(
                        source, out, store.scratch(fence), attempt.heartbeats(), host, mergedType)
                .write(
                        request.spec(),
                        exam == null
                                ? null
                                : forms -> exam.examine(request, source, out, forms, fence, attempt.heartbeats()));
        publishGuard(request, attempt, out);
        ArtifactRef stored = store.put(out, fence);
        if (exam != null) {
            exam.store(out, stored, fence);
        }
        ExportRef export =
                new ExportRef(stored, findings.mergeError(), findings.quantizeError(), findings.chain(), origin);
        if (!loadsAdapter(request.spec())) {
            return export;
        }
        Path answers = store.scratch(fence);
        attempt.heartbeats().reportAndCheck(Progress.of("export: answering for the running server", 0, 1, "parts"));
        RecordedAnswers.of(out.resolve("model"), source.base(), ChainProbes.of(source.dataset()))
                .write(answers);
        return export.with(store.put(answers, fence));
    }

    private static boolean loadsAdapter(DeploySpec spec) {
        return spec.targets().stream().anyMatch(target -> target instanceof VllmSpec vllm && vllm.endpoint() != null);
    }
}
