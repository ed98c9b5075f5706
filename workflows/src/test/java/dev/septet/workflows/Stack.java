package dev.septet.workflows;

import dev.septet.workflows.payload.FailureTrim;
import dev.septet.workflows.payload.SeptetDataConverter;
import dev.septet.workflows.train.TrainStatus;
import dev.septet.workflows.train.TrainWorkflow;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.converter.DataConverter;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;

/** Septet's workflows over fake activities, on a server that skips time. */
final class Stack implements AutoCloseable {
    /** A busy machine loads classes slowly; that is no deadlock. */
    static final long PATIENCE_MILLIS = 30_000;

    final TestWorkflowEnvironment server;
    final FakeActivities activities = new FakeActivities();
    final Worker worker;

    /** With a cache of 0 every workflow task replays the history from its start. */
    Stack(int workflowCacheSize) {
        this(workflowCacheSize, SeptetDataConverter.create());
    }

    /** In a program that has its own way to convert values. */
    Stack(int workflowCacheSize, DataConverter converter, String... machines) {
        server = TestWorkflowEnvironment.newInstance(options(converter)
                .setWorkerFactoryOptions(workers(workflowCacheSize))
                .build());
        worker = light(server);
        worker.registerWorkflowImplementationTypes(SeptetWorkflows.types());
        worker.registerActivitiesImplementations(
                activities,
                activities.steering,
                activities.earlier,
                activities.notices,
                activities.tracks,
                activities.candidates,
                activities.forget,
                activities.pages,
                activities.quotas);
        // A cancellation reaches an activity with its next heartbeat.
        server.newWorker(
                        Specs.TRAINING_QUEUE,
                        WorkerOptions.newBuilder()
                                .setMaxHeartbeatThrottleInterval(Duration.ofSeconds(1))
                                .build())
                .registerActivitiesImplementations(activities, activities.candidates);
        for (String machine : machines) {
            server.newWorker(TaskQueues.host(machine)).registerActivitiesImplementations(activities);
        }
        server.start();
    }

    /** Machines that share a store: a worker of each polls its own queue. */
    static Stack shared(String... machines) {
        Stack stack = new Stack(600, SeptetDataConverter.create(), machines);
        stack.activities.host = machines[0];
        return stack;
    }

    /** A server that skips time and knows the search attributes. */
    static TestEnvironmentOptions.Builder options() {
        return options(SeptetDataConverter.create());
    }

    private static TestEnvironmentOptions.Builder options(DataConverter converter) {
        TestEnvironmentOptions.Builder options = TestEnvironmentOptions.newBuilder();
        SearchTags.ALL.forEach(key -> options.registerSearchAttribute(key.getName(), key.getValueType()));
        return options.setWorkflowClientOptions(
                WorkflowClientOptions.newBuilder().setDataConverter(converter).build());
    }

    /** Workers as Septet starts them. */
    static WorkerFactoryOptions workers(int workflowCacheSize) {
        return WorkerFactoryOptions.newBuilder()
                .setWorkflowCacheSize(workflowCacheSize)
                .setWorkerInterceptors(new FailureTrim())
                .build();
    }

    /** A patient worker of workflows. */
    static Worker light(TestWorkflowEnvironment server) {
        return server.newWorker(
                TaskQueues.LIGHT,
                WorkerOptions.newBuilder()
                        .setDefaultDeadlockDetectionTimeout(PATIENCE_MILLIS)
                        .build());
    }

    /** The worker of all workflows, and of the one that stands for a schedule. */
    static Worker weeklyWorker(TestWorkflowEnvironment server) {
        Worker light = light(server);
        light.registerWorkflowImplementationTypes(SeptetWorkflows.types());
        light.registerWorkflowImplementationTypes(WeeklyStarts.Impl.class);
        return light;
    }

    /** Begins weekly runs, each on Monday at 3. */
    static void startWeekly(WorkflowClient client, int weeks) {
        client.newUntypedWorkflowStub(
                        "WeeklyStarts",
                        WorkflowOptions.newBuilder()
                                .setWorkflowId("hello-schedule")
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build())
                .start(Duration.ofHours(3), weeks);
    }

    /** A pipeline workflow, not yet started. */
    WorkflowStub pipeline(String id) {
        return server.getWorkflowClient()
                .newUntypedWorkflowStub(
                        "Pipeline",
                        WorkflowOptions.newBuilder()
                                .setWorkflowId(id)
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build());
    }

    /** The training of a run that goes on. */
    WorkflowStub training(String id) {
        return stage(id, Stage.TRAIN);
    }

    /** A stage of a run. */
    WorkflowStub stage(String id, Stage stage) {
        return server.getWorkflowClient()
                .newUntypedWorkflowStub("hello/%s/%s".formatted(status(id).runId(), stage.word()));
    }

    /** A workflow's page, as the Web UI asks for it. */
    static String details(WorkflowStub workflow) {
        return workflow.query("__temporal_workflow_metadata", io.temporal.api.sdk.v1.WorkflowMetadata.class)
                .getCurrentDetails();
    }

    TrainStatus trainStatus(WorkflowStub train) {
        return server.getWorkflowClient()
                .newWorkflowStub(TrainWorkflow.class, train.getExecution().getWorkflowId())
                .status();
    }

    PipelineReport run(String id) {
        WorkflowStub pipeline = pipeline(id);
        pipeline.start(PipelineRequest.named("hello"));
        return pipeline.getResult(PipelineReport.class);
    }

    /** What a run of the present pipeline makes. */
    PipelineReport made() {
        var asked = activities.spec;
        activities.spec = Specs.minimal();
        PipelineReport results = run("before");
        activities.spec = asked;
        activities.calls.clear();
        return results;
    }

    PipelineStatus status(String id) {
        return server.getWorkflowClient()
                .newWorkflowStub(PipelineWorkflow.class, id)
                .status();
    }

    @Override
    public void close() {
        server.close();
    }
}
