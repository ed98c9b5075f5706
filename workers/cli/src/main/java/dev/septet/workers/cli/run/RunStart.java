package dev.septet.workers.cli.run;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.PipelineArgument;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.local.Connection;
import dev.septet.workers.trace.TraceExport;
import dev.septet.workers.trace.TracePlugin;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.RunShare;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Starts a pipeline's run, or finds the open one. */
record RunStart(Connection connection, Session session) {
    private static final Duration RESOLVING = Duration.ofMinutes(1);
    private static final long POLL_MILLIS = 200;

    /**
     * What the run is given: the pipeline's name where the workers serve its folder, so that they
     * read the file, else the text that was checked.
     */
    static PipelineRequest request(PipelineSpec spec, PipelineArgument file, boolean served) {
        Map<String, Object> params = new TreeMap<>(file.params());
        return served
                ? new PipelineRequest(spec.name(), params, null, null)
                : new PipelineRequest(null, params, file.text(), file.folder().toString());
    }

    /**
     * Starts a run under the pipeline's name. An open run of the same file is followed instead.
     *
     * @param replace whether to end an open run first
     * @throws CliProblem RUN_FAILED when a run of another version of the file is open
     */
    RunHandle start(PipelineSpec spec, PipelineRequest request, boolean replace) throws InterruptedException {
        try (StartSpan span = StartSpan.begin(session, spec.name())) {
            return span.started(started(spec, request, replace));
        }
    }

    private RunHandle started(PipelineSpec spec, PipelineRequest request, boolean replace) throws InterruptedException {
        WorkflowStub stub = client().newUntypedWorkflowStub(
                        "Pipeline",
                        WorkflowOptions.newBuilder()
                                .setTaskQueue(TaskQueues.LIGHT)
                                .setPriority(RunShare.start(spec, Trigger.REQUEST))
                                .setWorkflowId(spec.name())
                                .setWorkflowIdReusePolicy(
                                        WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
                                .setWorkflowIdConflictPolicy(
                                        replace
                                                ? WorkflowIdConflictPolicy
                                                        .WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
                                                : WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
                                .setStaticSummary("pipeline " + spec.name())
                                .setStaticDetails(
                                        "Started by a command of Septet, from the spec `%s`. The memo has the verdict, the scores and the published version when they exist."
                                                .formatted(SpecDigest.of(spec)))
                                .build());
        try {
            WorkflowExecution started = stub.start(request);
            return new RunHandle(connection, started.getWorkflowId(), started.getRunId());
        } catch (WorkflowExecutionAlreadyStarted running) {
            return join(spec, running.getExecution());
        }
    }

    /** A client that tells the server which user started the run; by default it would tell a process number. */
    private WorkflowClient client() {
        WorkflowClientOptions options = connection.client().getOptions();
        String process = ManagementFactory.getRuntimeMXBean().getName();
        String host = process.substring(process.indexOf('@') + 1);
        WorkflowClientOptions.Builder own = WorkflowClientOptions.newBuilder(options)
                .setIdentity(System.getProperty("user.name", "unknown") + "@" + host);
        if (TraceExport.isOn()) {
            own.setInterceptors(TracePlugin.starts());
        }
        return WorkflowClient.newInstance(connection.stubs(), own.build());
    }

    private RunHandle join(PipelineSpec spec, WorkflowExecution running) throws InterruptedException {
        RunHandle run = new RunHandle(connection, running.getWorkflowId(), running.getRunId());
        PipelineStatus status = resolved(run);
        if (status != null && status.specDigest().equals(SpecDigest.of(spec))) {
            session.terminal()
                    .note("This pipeline is running already, from the same file (run %s): following it."
                            .formatted(run.runId()));
            return run;
        }
        throw new CliProblem(
                ExitCode.RUN_FAILED,
                "pipeline '%s' is running already (run %s)%s. See it with `septet status %s`, or end it and start this one with --replace."
                        .formatted(
                                spec.name(),
                                run.runId(),
                                status == null ? "" : ", from another version of its file",
                                spec.name()));
    }

    /**
     * The run's status after it has read its file, which it does at its start. Workers that this command has just
     * started may not answer yet.
     */
    private static @Nullable PipelineStatus resolved(RunHandle run) throws InterruptedException {
        PipelineStatus status = run.status();
        long until = System.nanoTime() + RESOLVING.toNanos();
        while ((status == null || status.specDigest().isEmpty()) && System.nanoTime() < until) {
            Thread.sleep(POLL_MILLIS);
            status = run.status();
        }
        return status;
    }
}
