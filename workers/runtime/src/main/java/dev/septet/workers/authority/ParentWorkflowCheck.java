package dev.septet.workers.authority;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.activity.ActivityInfo;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Checks, with the Temporal server, to which run an activity's workflow belongs. A client that
 * starts a workflow cannot choose its parent. A ticket that was read from a history is therefore
 * useful only in its own run.
 */
record ParentWorkflowCheck(WorkflowClient client, ActivityInfo activity, Verified verified) {
    /** Deepest nesting of workflows: a trial's stage, the search's stage and the run. */
    private static final int DEEPEST = 4;

    private static final long ANSWER_SECONDS = 10;

    /**
     * Checks that the workflow is the run or one of its stages.
     *
     * @throws StageProblem POLICY_DENIED for any other workflow
     */
    void belongs(RunRef run) {
        String root = root(run);
        WorkflowExecution at = own();
        if (at.getRunId().equals(root)) {
            return;
        }
        String known = "%s %s in %s".formatted(at.getRunId(), root, namespace());
        if (verified.contains(known)) {
            return;
        }
        requireParent(at, root);
        verified.add(known);
    }

    private void requireParent(WorkflowExecution own, String root) {
        WorkflowExecution at = own;
        for (int depth = 0; depth < DEEPEST; depth++) {
            WorkflowExecutionInfo workflow = describe(at);
            if (workflow == null) {
                break;
            }
            // A run that was reset keeps the id of its first execution.
            if (workflow.getFirstRunId().equals(root)) {
                return;
            }
            if (!workflow.hasParentExecution()) {
                break;
            }
            at = workflow.getParentExecution();
            if (at.getRunId().equals(root)) {
                return;
            }
        }
        throw new StageProblem(
                FailureType.POLICY_DENIED,
                "this %s workflow was not started by run %s, but it shows that run's ticket: a ticket is valid only within its own run. Start the pipeline (workflow type Pipeline)"
                        .formatted(activity.getWorkflowType(), root));
    }

    /**
     * Whether the workflow, or one of its ancestors, began before a time. The begin of a workflow is
     * the begin of its first execution. A workflow that the server no longer has does not count.
     *
     * @param millis the time, since the epoch; 0 = nothing began before it
     */
    boolean beganBefore(long millis) {
        if (millis == 0) {
            return false;
        }
        WorkflowExecution own = own();
        String known = String.format(Locale.ROOT, "%s before %d in %s", own.getRunId(), millis, namespace());
        if (verified.contains(known)) {
            return true;
        }
        boolean before = fetchBeganBefore(own, millis);
        if (before) {
            verified.add(known);
        }
        return before;
    }

    private boolean fetchBeganBefore(WorkflowExecution own, long millis) {
        WorkflowExecution at = own;
        for (int depth = 0; depth <= DEEPEST; depth++) {
            WorkflowExecutionInfo workflow = describe(at);
            if (workflow == null) {
                return false;
            }
            WorkflowExecutionInfo first = firstOf(workflow);
            if (first != null && first.getStartTime().getSeconds() * 1000 < millis) {
                return true;
            }
            if (!workflow.hasParentExecution()) {
                return false;
            }
            at = workflow.getParentExecution();
        }
        return false;
    }

    /** The first execution of this workflow's chain; null when the server no longer has it. */
    private @Nullable WorkflowExecutionInfo firstOf(WorkflowExecutionInfo workflow) {
        String first = workflow.getFirstRunId();
        if (first.isEmpty() || first.equals(workflow.getExecution().getRunId())) {
            return workflow;
        }
        return describe(WorkflowExecution.newBuilder()
                .setWorkflowId(workflow.getExecution().getWorkflowId())
                .setRunId(first)
                .build());
    }

    private static String root(RunRef run) {
        int slash = run.runId().indexOf('/');
        return slash < 0 ? run.runId() : run.runId().substring(0, slash);
    }

    private String namespace() {
        return client.getOptions().getNamespace();
    }

    private WorkflowExecution own() {
        return WorkflowExecution.newBuilder()
                .setWorkflowId(Objects.requireNonNullElse(activity.getWorkflowId(), ""))
                .setRunId(Objects.requireNonNullElse(activity.getWorkflowRunId(), ""))
                .build();
    }

    /** Describes an execution; null when the server does not have it. */
    private @Nullable WorkflowExecutionInfo describe(WorkflowExecution which) {
        if (which.getWorkflowId().isEmpty()) {
            return null;
        }
        try {
            return client.getWorkflowServiceStubs()
                    .blockingStub()
                    .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
                    .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                            .setNamespace(namespace())
                            .setExecution(which)
                            .build())
                    .getWorkflowExecutionInfo();
        } catch (StatusRuntimeException e) {
            Status.Code code = e.getStatus().getCode();
            if (code == Status.Code.NOT_FOUND || code == Status.Code.INVALID_ARGUMENT) {
                return null;
            }
            if (code == Status.Code.PERMISSION_DENIED || code == Status.Code.UNAUTHENTICATED) {
                throw new StageProblem(
                        FailureType.POLICY_DENIED,
                        "this worker's API key may not read workflows (%s): give it the claim %s:read"
                                .formatted(code, namespace()),
                        e);
            }
            throw new StageProblem(
                    FailureType.BACKEND_FAILED,
                    "the Temporal server did not return the run of this workflow (%s)".formatted(code),
                    e);
        }
    }

    /**
     * A cache of facts that the server has confirmed. A workflow's parent and its first execution
     * never change, so one answer is valid for all activities and attempts of an execution.
     * Refusals are not cached.
     */
    static final class Verified {
        private final Map<String, Boolean> known;

        /**
         * @param max most cached answers; the least recently used one is removed first
         */
        Verified(int max) {
            known = new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > max;
                }
            };
        }

        synchronized boolean contains(String fact) {
            return known.get(fact) != null; // get updates the order of use; containsKey does not
        }

        synchronized void add(String fact) {
            known.put(fact, true);
        }

        synchronized int size() {
            return known.size();
        }
    }
}
