package dev.septet.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.quota.RunUse;
import dev.septet.activities.report.ReportSettings;
import dev.septet.activities.report.RunCost;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workers.measure.ActivityMeter;
import dev.septet.workers.observe.Instruments;
import dev.septet.workers.observe.PrometheusInstruments;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.payload.SeptetDataConverter;
import dev.septet.workflows.summary.StageTime;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every run that ends is in the metrics once, whatever ended it. */
class MeasuredRunsTest {
    private static final String QUEUE = "runs";

    private final PrometheusInstruments metrics = new PrometheusInstruments();

    @WorkflowInterface
    public interface Run {
        @WorkflowMethod(name = "Pipeline")
        PipelineReport run(String end);

        @QueryMethod
        String status();
    }

    @WorkflowInterface
    public interface TrainStage {
        @WorkflowMethod(name = "Train")
        void train(String end);
    }

    @ActivityInterface
    public interface Catalog {
        @ActivityMethod(name = "Resolve")
        ResolvedPipeline resolve(String runId);
    }

    public static final class RunImpl implements Run {
        private final Catalog catalog = Workflow.newActivityStub(
                Catalog.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofMinutes(1))
                        .build());

        @Override
        public PipelineReport run(String end) {
            if (end.equals("unresolved")) {
                throw FailureType.INVALID_PIPELINE.of("the file has no train block");
            }
            RunRef run = catalog.resolve("run-1").run();
            RunRef fold = catalog.resolve("run-1/fold-1").run();
            Promise<Void> other = Async.procedure(stage(fold)::train, "completed");
            stage(run).train(end);
            other.get();
            PipelineReport report = PipelineReport.NOTHING;
            return end.equals("scheduled")
                    ? new PipelineReport(
                            run,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            List.of(),
                            new PipelineReport.Refusal(FailureType.GATE_FAILED.type(), "no"),
                            null,
                            null,
                            List.of())
                    : report;
        }

        private static TrainStage stage(RunRef run) {
            return Workflow.newChildWorkflowStub(
                    TrainStage.class,
                    ChildWorkflowOptions.newBuilder()
                            .setWorkflowId(StageStubs.id(run, Stage.TRAIN))
                            .build());
        }

        @Override
        public String status() {
            return "asked";
        }
    }

    public static final class TrainStageImpl implements TrainStage {
        @Override
        public void train(String end) {
            Workflow.sleep(Duration.ofMinutes(10));
            switch (end) {
                case "failed" -> throw FailureType.POISON_DATA.of("row 3 is empty");
                case "refused" -> throw FailureType.GATE_FAILED.of("the gate said NO_GO");
                default -> {}
            }
        }
    }

    public static final class CatalogImpl implements Catalog {
        @Override
        public ResolvedPipeline resolve(String runId) {
            return new ResolvedPipeline(new RunRef("support", runId, "/srv", "d"), spec());
        }
    }

    private static PipelineSpec spec() {
        try {
            String text = Files.readString(Path.of("..", "..", "examples", "quickstart", "pipeline.groovy"));
            return PipelineCompiler.compile(PipelineSource.of("pipeline.groovy", text), Map.of())
                    .spec()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What this run costs: 2.40 EUR for each hour of its stages, and services in two currencies. */
    private static RunCost cost(RunRef run, PipelineSpec spec, List<StageTime> stages) {
        long millis = stages.stream().mapToLong(StageTime::millis).sum();
        return new RunCost(millis, new ReportSettings.Price(new BigDecimal("2.40"), "EUR"), BigDecimal.ONE, null, null)
                .with(new RunUse(0.5, 1200, Map.of("EUR", new BigDecimal("0.25"), "USD", new BigDecimal("3.00"))));
    }

    private TestWorkflowEnvironment server(int cache, String measuredQueue) {
        TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(SeptetDataConverter.create())
                        .build())
                .setWorkerFactoryOptions(workers(cache, measuredQueue, metrics))
                .build());
        register(server.newWorker(QUEUE));
        server.start();
        return server;
    }

    private static WorkerFactoryOptions workers(int cache, String measuredQueue, Instruments into) {
        ActivityMeter meter = new ActivityMeter(into, MeasuredRunsTest::cost);
        return WorkerFactoryOptions.newBuilder()
                .setWorkflowCacheSize(cache)
                .setWorkerInterceptors(new QueueScopedInterceptor(Set.of(measuredQueue), meter))
                .build();
    }

    private static void register(Worker worker) {
        worker.registerWorkflowImplementationTypes(RunImpl.class, TrainStageImpl.class);
        worker.registerActivitiesImplementations(new CatalogImpl());
    }

    private static WorkflowStub start(TestWorkflowEnvironment server, String end) {
        WorkflowStub run = server.getWorkflowClient()
                .newUntypedWorkflowStub(
                        "Pipeline",
                        WorkflowOptions.newBuilder()
                                .setTaskQueue(QUEUE)
                                .setWorkflowId("support")
                                .build());
        run.start(end);
        return run;
    }

    private List<String> lines(String prefix) {
        return metrics.scrape().lines().filter(line -> line.startsWith(prefix)).toList();
    }

    private double value(String series) {
        return lines(series + " ").stream()
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static @Nullable PipelineReport result(WorkflowStub run) {
        try {
            return run.getResult(PipelineReport.class);
        } catch (WorkflowFailedException failed) {
            return null;
        }
    }

    /** A cache of 0 replays the run for each task. */
    @ParameterizedTest
    @CsvSource({
        "completed, completed, 600",
        "failed, failed, 0",
        "failed, failed, 600",
        "refused, refused, 0",
        "scheduled, refused, 600"
    })
    void aRunCountsOnceWithItsStagesAndItsCost(String end, String outcome, int cache) {
        try (TestWorkflowEnvironment server = server(cache, QUEUE)) {
            WorkflowStub run = start(server, end);
            result(run);
            assertThat(run.query("status", String.class))
                    .as("a query of an ended run replays it")
                    .isEqualTo("asked");

            assertThat(lines("septet_runs_total"))
                    .containsExactly("septet_runs_total{outcome=\"%s\",pipeline=\"support\"} 1.0".formatted(outcome));
            assertThat(value("septet_stage_seconds_total{pipeline=\"support\",stage=\"train\"}"))
                    .as("ten minutes; the stages of folds belong to no stage of the run")
                    .isBetween(600.0, 660.0);
            assertThat(lines("septet_stage_seconds_total")).hasSize(1);
            await().until(() -> !lines("septet_run_energy_joules_total").isEmpty());
            assertThat(value("septet_run_cost_total{currency=\"EUR\",pipeline=\"support\"}"))
                    .isBetween(0.4, 0.44);
            assertThat(lines("septet_run_energy_joules_total"))
                    .containsExactly(
                            "septet_run_energy_joules_total{pipeline=\"support\",source=\"estimated\"} 3600000.0");
            assertThat(lines("septet_service_cost_total"))
                    .as("currencies are never added, and a replay counts nothing")
                    .containsExactlyInAnyOrder(
                            "septet_service_cost_total{currency=\"EUR\",pipeline=\"support\"} 0.25",
                            "septet_service_cost_total{currency=\"USD\",pipeline=\"support\"} 3.0");
            assertThat(lines("septet_service_tokens_total"))
                    .containsExactly("septet_service_tokens_total{pipeline=\"support\"} 1200.0");
        }
    }

    @Test
    void anotherProcessThatReplaysAnEndedRunDoesNotCountIt() {
        PrometheusInstruments others = new PrometheusInstruments();
        try (TestWorkflowEnvironment server = server(600, QUEUE)) {
            WorkflowStub run = start(server, "failed");
            result(run);
            server.getWorkerFactory().shutdownNow();
            WorkerFactory other = WorkerFactory.newInstance(server.getWorkflowClient(), workers(600, QUEUE, others));
            register(other.newWorker(QUEUE));
            other.start();

            assertThat(run.query("status", String.class)).isEqualTo("asked");
            other.shutdownNow();
        }

        assertThat(lines("septet_runs_total")).hasSize(1);
        assertThat(others.scrape()).doesNotContain("septet_runs_total{").doesNotContain("septet_service_cost_total{");
    }

    @Test
    void aRunOfAnInvalidFileHasNoPipeline() {
        try (TestWorkflowEnvironment server = server(600, QUEUE)) {
            WorkflowStub run = start(server, "unresolved");

            assertThatThrownBy(() -> run.getResult(PipelineReport.class)).isInstanceOf(WorkflowFailedException.class);
            assertThat(lines("septet_runs_total"))
                    .containsExactly("septet_runs_total{outcome=\"failed\",pipeline=\"none\"} 1.0");
        }
    }

    @Test
    void aCancelledRunIsNoFailure() {
        try (TestWorkflowEnvironment server = server(600, QUEUE)) {
            WorkflowStub run = start(server, "completed");
            run.cancel();

            assertThat(result(run)).isNull();
            assertThat(lines("septet_runs_total")).hasSize(1).allMatch(line -> line.contains("cancelled"));
        }
    }

    @Test
    void workflowsOfOtherQueuesAreNotMeasured() {
        try (TestWorkflowEnvironment server = server(600, "another")) {
            result(start(server, "failed"));

            assertThat(lines("septet_runs_total")).isEmpty();
        }
    }
}
