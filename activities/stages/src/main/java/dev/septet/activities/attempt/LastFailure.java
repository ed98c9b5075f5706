package dev.septet.activities.attempt;

import dev.septet.workflows.FailureType;
import io.grpc.StatusRuntimeException;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.failure.TemporalFailure;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The failure of the previous attempt, read from the Temporal server. A killed attempt could not
 * report a failure itself.
 */
final class LastFailure {
    private static final Logger LOG = LoggerFactory.getLogger(LastFailure.class);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 3;

    private LastFailure() {}

    /** The failure, or null when the server does not report one. */
    static @Nullable Failure of(ActivityExecutionContext context) {
        ActivityInfo info = context.getInfo();
        WorkflowClient client = context.getWorkflowClient();
        DescribeWorkflowExecutionRequest request = DescribeWorkflowExecutionRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setExecution(WorkflowExecution.newBuilder()
                        .setWorkflowId(Objects.requireNonNull(info.getWorkflowId()))
                        .setRunId(Objects.requireNonNull(info.getWorkflowRunId())))
                .build();
        for (int attempt = 1; ; attempt++) {
            try {
                return client
                        .getWorkflowServiceStubs()
                        .blockingStub()
                        .withDeadlineAfter(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                        .describeWorkflowExecution(request)
                        .getPendingActivitiesList()
                        .stream()
                        .filter(pending -> pending.getActivityId().equals(info.getActivityId()))
                        .filter(PendingActivityInfo::hasLastFailure)
                        .map(PendingActivityInfo::getLastFailure)
                        .map(LastFailure::unwrapped)
                        .findFirst()
                        .orElse(null);
            } catch (StatusRuntimeException unavailable) {
                if (attempt == ATTEMPTS) {
                    LOG.warn(
                            "the Temporal server does not report how the previous attempt ended ({})",
                            unavailable.getStatus().getCode());
                    return null;
                }
            }
        }
    }

    /** The type in the closed list, null for any other failure. */
    static @Nullable FailureType type(@Nullable Failure failure) {
        return failure == null ? null : type(failure.getApplicationFailureInfo().getType());
    }

    /** The type by its name. */
    static @Nullable FailureType type(String name) {
        for (FailureType known : FailureType.values()) {
            if (known.type().equals(name)) {
                return known;
            }
        }
        return null;
    }

    /** The failure's message. */
    static String message(ActivityExecutionContext context, @Nullable Failure failure) {
        if (failure == null) {
            return "the worker died without a report";
        }
        if (failure.hasTimeoutFailureInfo()) {
            return "the worker sent no more heartbeats";
        }
        // A codec may have encrypted the text; the client's converter decodes it.
        RuntimeException read =
                context.getWorkflowClient().getOptions().getDataConverter().failureToException(failure);
        String message = read instanceof TemporalFailure known ? known.getOriginalMessage() : read.getMessage();
        return message == null ? failure.getMessage() : message;
    }

    /** When the server truncated a failure, its cause is the original one. */
    private static Failure unwrapped(Failure failure) {
        return failure.hasServerFailureInfo() && failure.hasCause() ? failure.getCause() : failure;
    }
}
