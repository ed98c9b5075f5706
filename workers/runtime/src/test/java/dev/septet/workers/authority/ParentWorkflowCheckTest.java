package dev.septet.workers.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.authority.Authority;
import dev.septet.activities.authority.RunKey;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.catalog.CatalogActivities;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.payload.SeptetDataConverter;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server is asked once for each execution whose run it is, and a forged ticket stays one. */
class ParentWorkflowCheckTest {
    private static final int CALLS = 4;

    @TempDir
    private Path folder = Path.of("");

    /** Reads the file, and starts its stage. */
    @WorkflowInterface
    public interface Run {
        @WorkflowMethod
        RunRef run();
    }

    /** Has a run's work done. */
    @WorkflowInterface
    public interface Stage {
        @WorkflowMethod
        void stage(RunRef run);
    }

    /** Its work; fails at first. */
    @ActivityInterface
    public interface Work {
        void work(RunRef run);
    }

    /** A pipeline in two lines. */
    public static final class RunImpl implements Run {
        @Override
        public RunRef run() {
            RunRef run = activities(CatalogActivities.class)
                    .resolve(PipelineRequest.named("desk"), Workflow.getInfo().getRunId())
                    .run();
            Workflow.newChildWorkflowStub(
                            Stage.class,
                            ChildWorkflowOptions.newBuilder()
                                    .setWorkflowId("desk/stage")
                                    .build())
                    .stage(run);
            return run;
        }
    }

    /** Asks some times, and then with a ticket of another folder. */
    public static final class StageImpl implements Stage {
        @Override
        public void stage(RunRef run) {
            Work work = activities(Work.class);
            for (int call = 0; call < CALLS; call++) {
                work.work(run);
            }
            RunRef forged = new RunRef(run.pipeline(), run.runId(), "/etc", run.specDigest());
            try {
                work.work(forged.withTicket(String.valueOf(run.ticket())));
            } catch (ActivityFailure refused) {
                return;
            }
            throw ApplicationFailure.newFailure("a forged ticket was taken", "Test");
        }
    }

    @Test
    void asksOnceForAllActivitiesAndAttemptsOfAnExecution() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        PipelineSpec spec = spec();
        CatalogActivities catalog =
                (request, runId) -> new ResolvedPipeline(new RunRef("desk", runId, folder.toString(), "0dd"), spec);
        AtomicInteger done = new AtomicInteger();
        Work work = run -> {
            if (Activity.getExecutionContext().getInfo().getAttempt() == 1) {
                throw new IllegalStateException("try again");
            }
            done.incrementAndGet();
        };
        try (TestWorkflowEnvironment server = server(asked)) {
            Worker worker = server.newWorker(TaskQueues.LIGHT);
            worker.registerWorkflowImplementationTypes(RunImpl.class, StageImpl.class);
            worker.registerActivitiesImplementations(catalog, work);
            server.start();

            RunRef run = start(server, "Run").getResult(RunRef.class);
            assertThat(done).hasValue(CALLS);
            assertThat(asked).as("once for the stage, never for the run itself").hasValue(1);

            WorkflowStub stranger = start(server, "Stage", run);
            assertThatThrownBy(() -> stranger.getResult(Void.class))
                    .hasStackTraceContaining("was not started by run " + run.runId());
            assertThat(done).hasValue(CALLS);
        }
    }

    @Test
    void keepsOnlySoMuch() {
        ParentWorkflowCheck.Verified verified = new ParentWorkflowCheck.Verified(2);
        verified.add("first");
        verified.add("second");
        assertThat(verified.contains("first")).isTrue();

        verified.add("third");

        assertThat(verified.size()).isEqualTo(2);
        assertThat(verified.contains("first")).isTrue();
        assertThat(verified.contains("second")).as("used least recently").isFalse();
    }

    private TestWorkflowEnvironment server(AtomicInteger asked) throws IOException {
        Authority authority = new Authority(RunKey.of(Map.of(), folder.resolve("state"), 0), List.of(folder));
        return TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowServiceStubsOptions(WorkflowServiceStubsOptions.newBuilder()
                        .setGrpcClientInterceptors(List.of(counting(asked)))
                        .build())
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(SeptetDataConverter.create())
                        .build())
                .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(new AuthorityCheck(Set.of(TaskQueues.LIGHT), () -> authority))
                        .build())
                .build());
    }

    private static ClientInterceptor counting(AtomicInteger asked) {
        return new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                if ("DescribeWorkflowExecution".equals(method.getBareMethodName())) {
                    asked.incrementAndGet();
                }
                return next.newCall(method, options);
            }
        };
    }

    private static WorkflowStub start(TestWorkflowEnvironment server, String type, Object... arguments) {
        WorkflowStub run = server.getWorkflowClient()
                .newUntypedWorkflowStub(
                        type,
                        WorkflowOptions.newBuilder()
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build());
        run.start(arguments);
        return run;
    }

    private static <A> A activities(Class<A> type) {
        return Workflow.newActivityStub(
                type,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofMinutes(1))
                        .setRetryOptions(
                                RetryOptions.newBuilder().setMaximumAttempts(3).build())
                        .build());
    }

    private PipelineSpec spec() throws IOException {
        Files.createDirectory(folder.resolve("base"));
        Files.createFile(folder.resolve("rows.jsonl"));
        Path file = folder.resolve("desk.groovy");
        Files.writeString(file, """
            pipeline('desk') {
                prepare    { dataset 'rows.jsonl', format: chat }
                initialize { model 'base' }
                train      { method lora(); steps 10 }
            }
            """);
        return PipelineCompiler.compile(file, Map.of()).spec().orElseThrow();
    }
}
