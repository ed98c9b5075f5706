package dev.septet.workers.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.trace.SpanLimit;
import dev.septet.activities.trace.Traces;
import dev.septet.workflows.SearchTags;
import dev.septet.workflows.SeptetWorkflows;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.payload.SeptetDataConverter;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spans of workflows and activities, and the histories that they leave as they are. */
class TracePluginTest {
    private static final String ID = "support-bot/0199/train";
    private static final String CANARY = "canary4711";
    private static final Path HISTORIES = Path.of("../../workflows/src/test/resources/histories");
    private static final AttributeKey<Long> LEFT_OUT = AttributeKey.longKey("septet.spans_left_out");

    /** A busy machine loads classes slowly; that is no deadlock. */
    private static final WorkerOptions PATIENT = WorkerOptions.newBuilder()
            .setDefaultDeadlockDetectionTimeout(30_000)
            .build();

    private final SentSpans sent = new SentSpans();
    private final OpenTelemetry telemetry = sent.telemetry();

    @WorkflowInterface
    public interface Work {
        @WorkflowMethod
        String work(boolean fails);

        @QueryMethod
        String status();

        @SignalMethod
        void progress(String done);
    }

    @ActivityInterface
    public interface Steps {
        String step(boolean fails);
    }

    public static final class WorkImpl implements Work {
        private final Steps steps = Workflow.newActivityStub(
                Steps.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofMinutes(1))
                        .setRetryOptions(
                                RetryOptions.newBuilder().setMaximumAttempts(1).build())
                        .build());
        private String status = "";

        @Override
        public String work(boolean fails) {
            steps.step(fails);
            // The test lets the hour pass only after it has sent its signal.
            Workflow.sleep(Duration.ofHours(1));
            status = steps.step(false);
            return status;
        }

        @Override
        public String status() {
            return status;
        }

        @Override
        public void progress(String done) {
            status = done;
        }
    }

    public static final class StepsImpl implements Steps {
        @Override
        public String step(boolean fails) {
            if (fails) {
                throw ApplicationFailure.newNonRetryableFailure("the row says " + CANARY, "PoisonData");
            }
            for (int step = 0; step < SpanLimit.OF_ONE_NAME + 7; step++) {
                assertThat(Traces.span("checkpoint", Attributes.of(Traces.STEP, (long) step), () -> "done"))
                        .isEqualTo("done");
            }
            return "done";
        }
    }

    @AfterEach
    void forget() {
        GlobalOpenTelemetry.resetForTest();
    }

    private TestWorkflowEnvironment server(@Nullable TracePlugin plugin, int cache) {
        TestEnvironmentOptions.Builder options = TestEnvironmentOptions.newBuilder();
        SearchTags.ALL.forEach(key -> options.registerSearchAttribute(key.getName(), key.getValueType()));
        WorkflowClientOptions.Builder client =
                WorkflowClientOptions.newBuilder().setDataConverter(SeptetDataConverter.create());
        if (plugin != null) {
            client.setPlugins(plugin).setInterceptors(TracePlugin.starts());
        }
        return TestWorkflowEnvironment.newInstance(options.setWorkflowClientOptions(client.build())
                .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                        .setWorkflowCacheSize(cache)
                        .build())
                .build());
    }

    private static Worker worker(TestWorkflowEnvironment server) {
        Worker worker = server.newWorker("work", PATIENT);
        worker.registerWorkflowImplementationTypes(WorkImpl.class);
        worker.registerActivitiesImplementations(new StepsImpl());
        return worker;
    }

    private static WorkflowStub stub(TestWorkflowEnvironment server) {
        return server.getWorkflowClient()
                .newUntypedWorkflowStub(
                        "Work",
                        WorkflowOptions.newBuilder()
                                .setWorkflowId(ID)
                                .setTaskQueue("work")
                                .build());
    }

    /** With a cache of 0, every workflow task replays the history. */
    @ParameterizedTest
    @ValueSource(ints = {600, 0})
    void oneTraceLeadsFromTheStartToTheWorkInAnActivity(int cache) {
        GlobalOpenTelemetry.set(telemetry);
        try (TestWorkflowEnvironment server = server(new TracePlugin(telemetry), cache)) {
            worker(server);
            server.start();
            WorkflowStub stub = stub(server);
            stub.start(false);
            stub.signal("progress", "begun");
            assertThat(stub.getResult(String.class)).isEqualTo("done");
            assertThat(stub.query("status", String.class)).isEqualTo("done");
        }

        SpanData start = sent.named("StartWorkflow:Work");
        SpanData step = sent.named("RunActivity:Step");
        SpanData checkpoint = sent.named("checkpoint");
        assertThat(sent.all().stream()
                        .filter(span -> !span.getTraceId().equals(start.getTraceId()))
                        .map(SpanData::getName))
                .as("of another trace")
                .isEmpty();
        assertThat(checkpoint.getParentSpanId()).isEqualTo(step.getSpanId());
        assertThat(step.getParentSpanId())
                .isEqualTo(sent.named("StartActivity:Step").getSpanId());
        assertThat(step.getAttributes().asMap().toString())
                .contains("septet.pipeline=support-bot", "septet.run=0199", "septet.stage=train", "septet.attempt=1");
        assertThat(sent.names()).as("frequent").noneMatch(name -> name.contains("Query") || name.contains("Signal"));
    }

    @Test
    void anActivityHasABoundedNumberOfSpans() {
        GlobalOpenTelemetry.set(telemetry);
        try (TestWorkflowEnvironment server = server(new TracePlugin(telemetry), 600)) {
            worker(server);
            server.start();
            WorkflowStub stub = stub(server);
            stub.start(false);
            assertThat(stub.getResult(String.class)).isEqualTo("done");
        }

        assertThat(sent.names().stream().filter("checkpoint"::equals))
                .as("of two activities")
                .hasSize(2 * SpanLimit.OF_ONE_NAME);
        assertThat(sent.named("RunActivity:Step").getAttributes().get(LEFT_OUT)).isEqualTo(7);
    }

    @Test
    void aFailedSpanHasNoWordOfTheFailure() {
        GlobalOpenTelemetry.set(telemetry);
        try (TestWorkflowEnvironment server = server(new TracePlugin(telemetry), 600)) {
            worker(server);
            server.start();
            WorkflowStub stub = stub(server);
            stub.start(true);
            assertThatThrownBy(() -> stub.getResult(String.class)).isInstanceOf(WorkflowFailedException.class);
        }

        SpanData failed = sent.named("RunActivity:Step");
        assertThat(failed.getStatus().getStatusCode()).hasToString("ERROR");
        assertThat(failed.getEvents().toString()).contains("exception.type", "ApplicationFailure");
        assertThat(sent.all().stream().map(SpanData::getEvents).toList().toString()
                        + sent.all().stream().map(SpanData::getStatus).toList())
                .doesNotContain(CANARY)
                .doesNotContain("TracePluginTest.java");
    }

    static Stream<Path> histories() throws IOException {
        try (Stream<Path> files = Files.walk(HISTORIES)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream();
        }
    }

    /** Nothing of the replays is sent: their spans were sent before. */
    @Test
    void historiesWithoutTracesReplay() throws IOException {
        GlobalOpenTelemetry.set(telemetry);
        List<Path> all = histories().toList();
        assertThat(all).hasSizeGreaterThan(40);
        try (TestWorkflowEnvironment server = server(new TracePlugin(telemetry), 600)) {
            Worker worker = server.newWorker(TaskQueues.LIGHT, PATIENT);
            worker.registerWorkflowImplementationTypes(SeptetWorkflows.types());
            for (Path history : all) {
                String json = Files.readString(history);
                assertThatCode(() -> WorkflowReplayer.replayWorkflowExecution(
                                WorkflowExecutionHistory.fromJson(json), worker))
                        .as(history.toString())
                        .doesNotThrowAnyException();
            }
        }
        assertThat(sent.names()).doesNotContain("RunActivity:Train");
        assertThat(sent.names().stream().filter(name -> name.startsWith("Start")))
                .isEmpty();
    }

    @Test
    void aHistoryWithTracesReplaysWithoutThem() {
        GlobalOpenTelemetry.set(telemetry);
        WorkflowExecutionHistory history;
        try (TestWorkflowEnvironment server = server(new TracePlugin(telemetry), 600)) {
            worker(server);
            server.start();
            WorkflowStub stub = stub(server);
            stub.start(false);
            assertThat(stub.getResult(String.class)).isEqualTo("done");
            history = server.getWorkflowClient().fetchHistory(ID);
        }
        assertThat(history.toJson(false)).contains("_tracer-data");

        try (TestWorkflowEnvironment server = server(null, 600)) {
            Worker worker = worker(server);
            assertThatCode(() -> WorkflowReplayer.replayWorkflowExecution(history, worker))
                    .doesNotThrowAnyException();
        }
    }
}
