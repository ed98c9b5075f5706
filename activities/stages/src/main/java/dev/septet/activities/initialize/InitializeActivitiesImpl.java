package dev.septet.activities.initialize;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.canary.ProbeFile;
import dev.septet.activities.deploy.TargetCheck;
import dev.septet.activities.deploy.publication.EndpointTargets;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.guard.GuardPublisher;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.train.EnginePlan;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.llm.train.data.EpochSize;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.initialize.InitializeActivities;
import dev.septet.workflows.initialize.InitializeRequest;
import java.io.IOException;

/**
 * The initialize stage on a worker.
 *
 * <p>The model's files are copied into the store, once per distinct content. Later stages run on
 * other hosts, and an edited or deleted source folder must not change or break a run. Each process
 * verifies an artifact from the store against its digest at the first use.
 */
public final class InitializeActivitiesImpl implements InitializeActivities {
    private final ArtifactStore store;
    private final BaseModelFiles models;
    private final PipelineFiles files;
    private final TargetCheck targets;

    /**
     * For a worker.
     *
     * @param targets checks the targets of a pipeline file that deploys
     */
    public InitializeActivitiesImpl(
            ArtifactStore store, BaseModelFiles models, PipelineFiles files, TargetCheck targets) {
        this.store = store;
        this.models = models;
        this.files = files;
        this.targets = targets;
    }

    @Override
    public ModelRef initialize(InitializeRequest request) {
        return Attempt.of(
                store, request.run(), "initialize", request.spec().policy(), attempt -> initialize(request, attempt));
    }

    private ModelRef initialize(InitializeRequest request, Attempt attempt) throws Exception {
        attempt.heartbeats().reportAndCheck(Progress.of("reading the base model", 0, 1, "models"));
        BaseModel model =
                BaseModel.open(models.folder(request.run(), request.spec(), attempt.heartbeats()::reportAndCheck));
        request.setup().methods(request.train()).forEach(method -> model.check(request.spec(), method));
        BackEndSpec by = request.train().by();
        boolean kept = by != null && by.keepsModel();
        if (request.deploys() && !kept) {
            model.checkExport();
        }
        DeploySpec deploy = request.deploy();
        if (deploy != null && kept) {
            EndpointTargets.check(deploy);
        }
        if (deploy != null) {
            attempt.heartbeats().reportAndCheck(Progress.of("checking the targets", 0, 1, "deployments"));
            targets.check(request.run(), deploy, model.folder().path());
            ProbeFile.check(files, request.run(), deploy);
            // Now, although it is deployed after the training: a run for days must not end at a wrong style.
            var unused = GuardPublisher.ofProcess(files)
                    .findHere(request.run(), deploy, attempt.heartbeats()::reportAndCheck);
        }
        EnginePlan plan = new EnginePlan(request.train(), request.spec(), request.setup());
        TrainingCost cost = cost(request, plan, model);
        return new StageResults(store)
                .once(
                        request.run(),
                        StageKey.of(
                                StageGraph.INITIALIZE,
                                request,
                                KeyMeasurements.NONE
                                        .with(KeyMeasurement.BASE_MODEL, model.digest())
                                        .with(KeyMeasurement.FROZEN_LAYERS, plan.frozenLayers(request.dataset()))),
                        attempt.fence(),
                        ModelRef.class,
                        origin -> pin(model, cost, attempt, origin));
    }

    private static TrainingCost cost(InitializeRequest request, EnginePlan plan, BaseModel model) {
        EpochSize epoch = EnginePlan.epoch(request.dataset());
        plan.requireWithin(epoch);
        return TrainingCost.of(
                model.config(),
                request.spec(),
                request.train(),
                request.setup(),
                epoch,
                request.dataset().longestRow());
    }

    private ModelRef pin(BaseModel model, TrainingCost cost, Attempt attempt, Origin origin) throws IOException {
        return new ModelRef(
                store.put(model.files(), attempt.fence()),
                model.folder().architecture(),
                model.folder().parameters(),
                model.config().layers(),
                model.licence(),
                cost.trainable(),
                cost.leastMemoryBytes(),
                origin);
    }
}
