package dev.septet.workers.authority;

import static io.temporal.api.enums.v1.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.workers.Role;
import dev.septet.workers.SeptetPlugin;
import dev.septet.workers.StateFolder;
import dev.septet.workers.WorkerSettings;
import dev.septet.workers.local.RealServer;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.initialize.InitializeRequest;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.train.TrainRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.worker.WorkerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stranger who may start workflows, on a real server, against the real activities: an honest run
 * goes its way, and nothing else that uses its stages, its ticket or its folder does.
 */
@Timeout(420)
class TicketsTest {
    private static final String NAME = "desk";
    private static final Path EXAMPLES =
            Path.of("../../examples").toAbsolutePath().normalize();
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "forged");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void onlyARunItselfMayUseItsStages() throws Exception {
        Path served = served();
        Path secret = Files.createDirectories(folder.resolve("secret")).toRealPath();
        Files.copy(served.resolve("rows.jsonl"), secret.resolve("rows.jsonl"));
        StateFolder state = new StateFolder(folder.resolve("state"));
        try (RealServer server = RealServer.start(Files.createDirectories(folder.resolve("t")))) {
            WorkflowClient plain = server.connection().client();
            WorkflowClient client = WorkflowClient.newInstance(
                    plain.getWorkflowServiceStubs(),
                    WorkflowClientOptions.newBuilder(plain.getOptions())
                            .setPlugins(SeptetPlugin.of(WorkerSettings.of(Role.ALL, state, List.of(served))))
                            .build());
            WorkerFactory light = WorkerFactory.newInstance(client);
            light.newWorker(TaskQueues.LIGHT);
            light.start();
            PipelineReport honest = honest(plain);
            WorkerFactory training = WorkerFactory.newInstance(client);
            training.newWorker(TaskQueues.TRAINING);
            training.start();
            try {
                attacks(plain, honest, secret);
            } finally {
                light.shutdownNow();
                training.shutdownNow();
                light.awaitTermination(10, TimeUnit.SECONDS);
                training.awaitTermination(10, TimeUnit.SECONDS);
            }
        }
    }

    private static void attacks(WorkflowClient client, PipelineReport honest, Path secret) throws IOException {
        RunRef run = Objects.requireNonNull(honest.run());
        DatasetRef dataset = Objects.requireNonNull(honest.dataset());
        ModelRef model = Objects.requireNonNull(honest.model());
        PipelineSpec spec = resolved(run).spec();
        String ticket = Objects.requireNonNull(run.ticket());

        RunRef foreign = new RunRef(NAME, "made-up", secret.toString(), run.specDigest());
        refused(client, "Prepare", preparing(foreign, spec), "has no ticket");
        refused(client, "Prepare", preparing(foreign.withTicket(ticket), spec), "does not match");
        RunRef elsewhere = new RunRef(NAME, run.runId(), secret.toString(), run.specDigest(), List.of(), null);
        refused(client, "Prepare", preparing(elsewhere.withTicket(ticket), spec), "does not match");
        refused(
                client,
                "Prepare",
                preparing(run, spec),
                "was not started by run " + run.runId() + ", but it shows that run's ticket");
        PrepareSpec shadow = SpecJson.mapper()
                .readValue(
                        SpecJson.mapper().writeValueAsString(spec.prepare()).replace("rows.jsonl", "/etc/shadow"),
                        PrepareSpec.class);
        refused(
                client,
                "Prepare",
                new PrepareRequest(run, shadow, spec.initialize()),
                "this is not the `prepare` that run " + run.runId() + " read from its file");
        DeploySpec probing = SpecJson.mapper()
                .readValue(
                        SpecJson.mapper().writeValueAsString(spec.deploy()).replace("\"out\"", "\"elsewhere\""),
                        DeploySpec.class);
        assertThat(probing).isNotEqualTo(spec.deploy());
        refused(
                client,
                "Initialize",
                new InitializeRequest(run, spec.initialize(), spec.setup(), spec.train(), dataset, true, probing),
                "this is not the `deploy` that run " + run.runId() + " read from its file");
        refused(
                client,
                "Train",
                new TrainRequest(run, spec.train(), spec.initialize(), spec.setup(), dataset, model, 1e-3, 8),
                "was not started by run");

        ArtifactRef chosen = model.artifact();
        DeploySpec deploy = Objects.requireNonNull(spec.deploy());
        DeployRequest forged = new DeployRequest(
                run,
                deploy,
                spec.setup(),
                dataset,
                model,
                new CheckpointRef(chosen, false, chosen, 1, 0.0, null, "steps", ORIGIN),
                new EvaluationReport(Verdict.GO, List.of(), chosen, ORIGIN));
        refused(client, "Deploy", forged, "was not started by run");
        assertThat(Path.of(run.folder()).resolve("out")).doesNotExist();
    }

    /** As far as light work goes: nobody trains yet. */
    private static PipelineReport honest(WorkflowClient client) {
        WorkflowStub pipeline = stub(client, "Pipeline", NAME);
        pipeline.start(PipelineRequest.named(NAME));
        PipelineReport report = await().atMost(Duration.ofMinutes(3))
                .failFast("it ended", () -> pipeline.describe().getStatus() != WORKFLOW_EXECUTION_STATUS_RUNNING)
                .until(() -> pipeline.query("report", PipelineReport.class), results -> results.model() != null);
        pipeline.terminate("far enough");
        return report;
    }

    private static ResolvedPipeline resolved(RunRef run) throws IOException {
        return new ResolvedPipeline(
                run,
                dev.septet.dsl.PipelineCompiler.compile(Path.of(run.folder(), NAME + ".groovy"), java.util.Map.of())
                        .spec()
                        .orElseThrow());
    }

    private static PrepareRequest preparing(RunRef run, PipelineSpec spec) {
        return new PrepareRequest(run, spec.prepare(), spec.initialize());
    }

    private static void refused(WorkflowClient client, String type, Object request, String words) {
        WorkflowStub stage = stub(client, type, "attack-" + type);
        stage.start(request);
        assertThatThrownBy(() -> stage.getResult(60, TimeUnit.SECONDS, Object.class))
                .rootCause()
                .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                    assertThat(failure.getOriginalMessage()).contains(words);
                    assertThat(failure.getType()).isEqualTo("PolicyDenied");
                });
    }

    private static WorkflowStub stub(WorkflowClient client, String type, String id) {
        return client.newUntypedWorkflowStub(
                type,
                WorkflowOptions.newBuilder()
                        .setWorkflowId(id)
                        .setTaskQueue(TaskQueues.LIGHT)
                        .build());
    }

    private Path served() throws IOException {
        Path served = Files.createDirectories(folder.resolve("served")).toRealPath();
        Path base = Files.createDirectories(served.resolve("base"));
        try (Stream<Path> files = Files.list(EXAMPLES.resolve("quickstart/base-model"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, base.resolve(file.getFileName()));
            }
        }
        List<String> rows = Files.readAllLines(EXAMPLES.resolve("quickstart/data/tickets.jsonl")).stream()
                .filter(row -> row.startsWith("{") && row.endsWith("}"))
                .limit(120)
                .toList();
        Files.write(served.resolve("rows.jsonl"), rows);
        Files.writeString(served.resolve(NAME + ".groovy"), """
            pipeline('desk') {
                prepare    { dataset 'rows.jsonl', format: chat; maxBadRows 20 }
                initialize { model 'base' }
                train      { method lora(); steps 10 }
                evaluate   { metric exactMatch }
                deploy     { target directory('out') }
            }
            """);
        return served;
    }
}
