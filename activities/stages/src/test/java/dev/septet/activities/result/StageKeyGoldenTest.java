package dev.septet.activities.result;

import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.evaluate.Champion;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.EnginePlan;
import dev.septet.dsl.Golden;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.graph.StageInputs;
import dev.septet.workflows.graph.StageNode;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.setup.PreflightReport;
import dev.septet.workflows.setup.SetupReport;
import dev.septet.workflows.setup.WorkerProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stored results are found by these keys: a changed byte would compute all of them again. */
class StageKeyGoldenTest {
    private static final Path GOLDENS = Path.of("src/test/resources/keys");
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "made for a test");

    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"all-words", "frozen-layers"})
    void keysHaveTheBytesThatTheyHad(String name) throws IOException {
        String text = keys(spec(name)).stream()
                .map(key -> StageKeyText.of(key, Map.of(WorkerFingerprint.current(), "this worker")))
                .collect(Collectors.joining());
        Golden.check(GOLDENS.resolve(name + ".txt"), text);
    }

    private List<StageKey> keys(PipelineSpec spec) throws IOException {
        RunRef run = run(spec);
        DatasetRef dataset = new DatasetRef(
                artifact('a'), 40, 5, 5, 4000, 2000, new DatasetRef.General(10, 500), 128, 0, 0, 0, 0, 0, 0, ORIGIN);
        ModelRef model = new ModelRef(artifact('b'), "LlamaForCausalLM", 100, 4, "mit", 10, 1000, ORIGIN);
        CheckpointRef checkpoint =
                new CheckpointRef(artifact('c'), true, artifact('d'), 10, 0.5, 0.6, "all steps are taken", ORIGIN);
        EvaluationReport evaluation = new EvaluationReport(Verdict.GO, List.of(), artifact('e'), ORIGIN);
        SetupReport setup = new SetupReport(
                new PreflightReport(new WorkerProbe("", "", "", 0, 0, 0), 0, 0, ORIGIN), 2e-4, 16, List.of(), ORIGIN);
        StageInputs inputs = StageInputs.of(run, spec, List.of())
                .with(StageGraph.PREPARE, dataset)
                .with(StageGraph.INITIALIZE, model)
                .with(StageGraph.SETUP, setup)
                .with(StageGraph.TRAIN, checkpoint)
                .with(StageGraph.EVALUATE, evaluation);
        String worker = WorkerFingerprint.current();
        EnginePlan plan = new EnginePlan(spec.train(), spec.initialize(), spec.setup());
        Champion champion = Champion.of(new LocalStore(temp), spec.name());
        boolean general = PrepareRequest.general(spec.train()) != null;
        KeyMeasurements measured = KeyMeasurements.NONE
                .with(KeyMeasurement.DATASET, "rows")
                .with(KeyMeasurement.TOKENIZER, "tokenizer")
                .with(KeyMeasurement.GENERAL_SET, general ? "general" : null)
                .with(KeyMeasurement.BASE_MODEL, "folder")
                .with(KeyMeasurement.FROZEN_LAYERS, plan.frozenLayers(dataset))
                .with(KeyMeasurement.FORGETTING_SUITE, "suite")
                .with(KeyMeasurement.CHAMPION, spec.evaluate().champion() == null ? null : champion.sha256());
        List<StageKey> keys = new ArrayList<>();
        for (StageNode<?, ?> node : StageGraph.NODES) {
            String workers = node.stage() == Stage.TRAIN ? worker + " then another worker" : worker;
            if (node.stage() != Stage.MONITOR) {
                keys.add(key(node, inputs, measured.with(KeyMeasurement.WORKER, workers)));
            }
        }
        return keys;
    }

    private static <Q> StageKey key(StageNode<Q, ?> node, StageInputs inputs, KeyMeasurements measured) {
        return StageKey.of(node, node.request(inputs), measured);
    }

    private static ArtifactRef artifact(char digit) {
        return new ArtifactRef("store:" + digit, String.valueOf(digit).repeat(64), 1);
    }

    private static RunRef run(PipelineSpec spec) {
        return new RunRef(spec.name(), "run-1", "/srv", "0".repeat(64));
    }

    private static PipelineSpec spec(String name) throws IOException {
        String text = Files.readString(GOLDENS.resolve(name + ".groovy"));
        var compiled = PipelineCompiler.compile(PipelineSource.of(name, text), Map.of());
        return compiled.spec().orElseThrow(() -> new AssertionError(compiled.problems()));
    }
}
