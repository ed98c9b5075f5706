package dev.septet.activities.deploy;

import dev.septet.activities.deploy.AliasHistory.Move;
import dev.septet.activities.deploy.AliasHistory.Target;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.activities.support.Attempt;
import dev.septet.activities.support.PipelineFiles;
import dev.septet.activities.support.StageKey;
import dev.septet.activities.support.StageProblem;
import dev.septet.activities.support.StageResults;
import dev.septet.activities.support.WorkerFingerprint;
import dev.septet.dsl.spec.TargetSpec;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.deploy.DeployActivities;
import dev.septet.workflows.deploy.DeployRequest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Stage 6 on a worker. */
public final class DeployActivitiesImpl implements DeployActivities {
    private static final List<TargetFiles> TARGETS =
            List.of(new DirectoryFiles(), new OllamaFiles());

    private final ArtifactStore store;
    private final PipelineFiles files;
    private final Disk disk;

    public DeployActivitiesImpl(ArtifactStore store, PipelineFiles files) {
        this(store, files, new Disk());
    }

    /** With a watched disk. */
    public DeployActivitiesImpl(ArtifactStore store, PipelineFiles files, Disk disk) {
        this.store = store;
        this.files = files;
        this.disk = disk;
    }

    @Override
    public ExportRef export(DeployRequest request) {
        return Attempt.of(
                store,
                request.run(),
                "export",
                attempt ->
                        new StageResults(store)
                                .once(
                                        request.run(),
                                        key(request),
                                        attempt.fence(),
                                        ExportRef.class,
                                        origin -> export(request, attempt, origin)));
    }

    @Override
    public DeploymentRef publish(DeployRequest request, ExportRef export) {
        return Attempt.of(
                store, request.run(), "publish", attempt -> publish(request, export, attempt));
    }

    /** What an export's bytes depend on; where it is published changes none of them. */
    public static StageKey key(DeployRequest request) {
        return StageKey.of(Stage.DEPLOY)
                .with("pipeline's name", request.run().pipeline())
                .with("base model", request.model().artifact())
                .with("trained model", request.checkpoint().artifact())
                .with("test prompts", request.dataset().artifact())
                .with("evaluation", request.evaluation().artifact())
                .words("deploy", request.spec(), "targets")
                .with("kind of worker", WorkerFingerprint.here());
    }

    private ExportRef export(DeployRequest request, Attempt attempt, Origin origin)
            throws IOException {
        CheckpointRef trained = request.checkpoint();
        ExportSource source =
                new ExportSource(
                        request.run().pipeline(),
                        store.fetch(request.model().artifact()),
                        store.fetch(trained.artifact()),
                        trained.adapter(),
                        store.fetch(request.dataset().artifact()),
                        store.fetch(request.evaluation().artifact()));
        Fence fence = attempt.fence();
        Path out = store.scratch(fence);
        ModelExporter.Findings findings =
                new ModelExporter(source, out, store.scratch(fence), attempt.heartbeats())
                        .write(request.spec());
        return new ExportRef(
                store.put(out, fence), findings.mergeError(), findings.quantizeError(), origin);
    }

    private DeploymentRef publish(DeployRequest request, ExportRef export, Attempt attempt)
            throws IOException {
        RunRef run = request.run();
        String sha256 = export.artifact().sha256();
        Path exported = store.fetch(export.artifact());
        List<Target> targets = new ArrayList<>();
        List<DeploymentRef.Published> published = new ArrayList<>();
        for (TargetSpec spec : request.spec().targets()) {
            attempt.heartbeats()
                    .beat(
                            Progress.of(
                                    "publishing",
                                    targets.size(),
                                    request.spec().targets().size(),
                                    "targets"));
            TargetFiles target = target(spec);
            VersionFolder folder = new VersionFolder(files.write(run, spec.path()), disk);
            folder.add(
                    VersionFolder.version(sha256),
                    target.files(spec, exported, store.scratch(attempt.fence())));
            targets.add(new Target(target.type(), files.write(run, spec.path()).toString()));
            published.add(new DeploymentRef.Published(target.type(), folder.alias().toString()));
        }
        Move move =
                new Aliases(store, disk)
                        .publish(run.pipeline(), targets, sha256, run.runId(), attempt.fence());
        return new DeploymentRef(
                export.artifact(), published, move.previous(), origin(run, export, move));
    }

    private static Origin origin(RunRef run, ExportRef export, Move move) {
        boolean before = !move.runId().equals(run.runId());
        return new Origin(
                export.origin().key(),
                before && !move.runId().isEmpty() ? move.runId() : null,
                before
                        ? "unchanged: the alias points at this export already"
                        : "the alias points at this run's export now");
    }

    private static TargetFiles target(TargetSpec spec) {
        return TARGETS.stream()
                .filter(target -> target.serves(spec))
                .findFirst()
                .orElseThrow(
                        () ->
                                StageProblem.invalid(
                                        "deploy: this worker cannot publish to %s; it knows directory and ollama"
                                                .formatted(spec.getClass().getSimpleName())));
    }
}
