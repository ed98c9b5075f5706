package dev.septet.examples.benchmarks.search;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.PrepareActivitiesImpl;
import dev.septet.activities.setup.SetupActivitiesImpl;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.SeptetWorkflows;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.graph.StageInputs;
import dev.septet.workflows.payload.SeptetDataConverter;
import dev.septet.workflows.prepare.PrepareActivities;
import dev.septet.workflows.setup.SearchSummary;
import dev.septet.workflows.setup.SetupReport;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.setup.SetupWorkflow;
import dev.septet.workflows.setup.TrialResult;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * Searches the quickstart's settings twice, in stores of their own: the whole grid, and the same grid with rungs. Prints the
 * winners and the steps. The workflow and the activities are those of a run.
 */
public final class GridAndHalving {
    private static final long MEMORY = 1L << 30;
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "benchmark");

    private GridAndHalving() {}

    /** Arguments: folder of the quickstart, words of the search without {@code halving}. */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        Path quickstart = Path.of(arguments[0]).toAbsolutePath().normalize();
        SetupReport rungs = search(quickstart, arguments[1] + "; halving reduction: 3, rungs: 3");
        SetupReport grid = search(quickstart, arguments[1] + "; budget steps: 1_000_000");
        out.println("| trial | settings | loss of the grid | steps with rungs | loss there |");
        out.println("| --- | --- | --- | --- | --- |");
        for (int trial = 0; trial < grid.trials().size(); trial++) {
            TrialResult whole = grid.trials().get(trial);
            TrialResult part = rungs.trials().get(trial);
            out.printf(
                    Locale.ROOT,
                    "| %d | learning rate %s, rank %d | %.4f | %d | %.4f |%n",
                    trial,
                    whole.learningRate(),
                    whole.rank(),
                    whole.validationLoss(),
                    part.steps(),
                    part.validationLoss());
        }
        SearchSummary all = Objects.requireNonNull(grid.search());
        SearchSummary some = Objects.requireNonNull(rungs.search());
        out.printf(
                Locale.ROOT,
                "%nThe grid's winner is trial %d after %d steps, with rungs it is trial %d after %d steps (%.0f %%).%n",
                all.winner(),
                all.steps(),
                some.winner(),
                some.steps(),
                100.0 * some.steps() / all.steps());
    }

    private static SetupReport search(Path quickstart, String words) throws IOException {
        String file = Files.readString(quickstart.resolve("pipeline.groovy"))
                .replace("seed 42", "seed 42; search { " + words + " }");
        PipelineSpec spec = PipelineCompiler.compile(PipelineSource.of("quickstart", file), Map.of())
                .spec()
                .orElseThrow(() -> new IllegalArgumentException("the search is not valid: " + words));
        LocalStore store = new LocalStore(Files.createTempDirectory("septet-search"));
        ActivitySettings settings = new ActivitySettings(store.root(), List.of(), List.of(quickstart));
        RunRef run = new RunRef(
                "quickstart", UUID.randomUUID().toString(), quickstart.toString(), "0".repeat(64), List.of(), null);
        StageInputs inputs = StageInputs.of(run, spec, List.of());
        inputs = inputs.with(StageGraph.PREPARE, prepared(settings, store, inputs));
        inputs = inputs.with(
                StageGraph.INITIALIZE,
                new ModelRef(
                        store.put(quickstart.resolve("base-model"), new Fence(run.runId() + "/model", 1)),
                        "LlamaForCausalLM",
                        1,
                        1,
                        "apache-2.0",
                        1,
                        MEMORY,
                        ORIGIN));
        return setup(settings, store, StageGraph.SETUP.request(inputs));
    }

    private static DatasetRef prepared(ActivitySettings settings, LocalStore store, StageInputs inputs) {
        PipelineFiles files = new PipelineFiles(settings);
        TestActivityEnvironment worker = TestActivityEnvironment.newInstance();
        try {
            worker.registerActivitiesImplementations(new PrepareActivitiesImpl(
                    store, files, BaseModelFiles.ofProcess(files), (pipeline, count) -> List.of()));
            return worker.newActivityStub(PrepareActivities.class).prepare(StageGraph.PREPARE.request(inputs));
        } finally {
            worker.close();
        }
    }

    private static SetupReport setup(ActivitySettings settings, LocalStore store, SetupRequest request) {
        TestEnvironmentOptions options = TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(SeptetDataConverter.create())
                        .build())
                .build();
        try (TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance(options)) {
            server.newWorker(TaskQueues.LIGHT).registerWorkflowImplementationTypes(SeptetWorkflows.types());
            server.newWorker(
                            TaskQueues.training(request.spec().resources()),
                            WorkerOptions.newBuilder()
                                    .setMaxConcurrentActivityExecutionSize(1)
                                    .build())
                    .registerActivitiesImplementations(
                            new SetupActivitiesImpl(settings, store, store.checkpoints(), new Shutdown()));
            server.start();
            return server.getWorkflowClient()
                    .newWorkflowStub(
                            SetupWorkflow.class,
                            WorkflowOptions.newBuilder()
                                    .setTaskQueue(TaskQueues.LIGHT)
                                    .setWorkflowId("quickstart/setup")
                                    .build())
                    .setup(request);
        }
    }
}
