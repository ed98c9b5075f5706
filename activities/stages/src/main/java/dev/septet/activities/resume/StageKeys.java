package dev.septet.activities.resume;

import dev.septet.activities.basemodel.InitializeActivitiesImpl;
import dev.septet.activities.deploy.DeployActivitiesImpl;
import dev.septet.activities.evaluate.EvaluateActivitiesImpl;
import dev.septet.activities.prepare.PrepareActivitiesImpl;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.setup.SetupActivitiesImpl;
import dev.septet.activities.train.TrainActivitiesImpl;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.evaluate.EvaluateRequest;
import dev.septet.workflows.initialize.InitializeRequest;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.train.TrainRequest;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The direct dependencies of each stage, as the keys under which stages find their results. All
 * outputs of earlier stages are replaced by constants. So the keys of two files differ exactly at
 * the stages that read a difference.
 */
final class StageKeys {
    private static final Origin ORIGIN = new Origin("", null, "");
    private static final ArtifactRef STILL = new ArtifactRef("", "", 0);
    private static final DatasetRef DATASET = new DatasetRef(STILL, 0, 0, 0, 0, 0, 0, 0, 0, ORIGIN);
    private static final ModelRef MODEL = new ModelRef(STILL, "", 0, 0, "", 0, 0, ORIGIN);
    private static final CheckpointRef CHECKPOINT = new CheckpointRef(STILL, true, STILL, 0, 0, null, "", ORIGIN);
    private static final EvaluationReport EVALUATION = new EvaluationReport(Verdict.GO, List.of(), STILL, ORIGIN);

    private StageKeys() {}

    /** One key per stage. */
    static Map<Stage, StageKey> of(RunRef run, PipelineSpec spec, ContentDigests contents) {
        Map<Stage, StageKey> keys = new EnumMap<>(Stage.class);
        keys.put(
                Stage.PREPARE,
                PrepareActivitiesImpl.key(
                        new PrepareRequest(run, spec.prepare(), spec.initialize()),
                        new SourceDigest(contents.rows(), 0, new byte[0]),
                        contents.tokenizer(),
                        PrepareRequest.general(spec.train()) == null ? null : contents.general()));
        keys.put(
                Stage.INITIALIZE,
                InitializeActivitiesImpl.key(InitializeRequest.of(run, spec, DATASET), contents.model()));
        keys.put(Stage.SETUP, setup(run, spec));
        keys.put(
                Stage.TRAIN,
                TrainActivitiesImpl.key(
                        new TrainRequest(run, spec.train(), spec.initialize(), spec.setup(), DATASET, MODEL, 0, 0),
                        List.of()));
        keys.put(
                Stage.EVALUATE,
                EvaluateActivitiesImpl.key(
                        new EvaluateRequest(run, spec.evaluate(), spec.setup(), DATASET, MODEL, CHECKPOINT),
                        contents.suite(),
                        null));
        keys.put(Stage.DEPLOY, deploy(run, spec));
        MonitorSpec monitor = spec.monitor();
        StageKey none = StageKey.of(Stage.MONITOR);
        keys.put(Stage.MONITOR, monitor == null ? none : none.words("monitor", monitor));
        return keys;
    }

    /**
     * The key of the setup stage. A search has a key per trial; the set of trials is added here.
     */
    private static StageKey setup(RunRef run, PipelineSpec spec) {
        return SetupActivitiesImpl.key(new SetupRequest(
                        run, spec.setup(), spec.initialize(), spec.train(), spec.evaluate(), DATASET, MODEL))
                .words("setup", spec.setup(), "resources");
    }

    /** The key of the deploy stage: the export's key, plus its targets and approvals. */
    private static StageKey deploy(RunRef run, PipelineSpec spec) {
        DeploySpec deploy = spec.deploy();
        if (deploy == null) {
            return StageKey.of(Stage.DEPLOY);
        }
        return DeployActivitiesImpl.key(
                        new DeployRequest(run, deploy, spec.setup(), DATASET, MODEL, CHECKPOINT, EVALUATION))
                .words("deploy", deploy);
    }
}
