package dev.septet.workers;

import dev.septet.workflows.FailureType;

import io.temporal.client.ActivityCompletionClient;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.WorkflowClient;
import io.temporal.failure.ApplicationFailure;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/**
 * Tells the server at once which activities died with a local worker, so that the next attempt need
 * not wait for the heartbeat timeout.
 */
public final class LostActivities {
    private static final Logger LOG = LoggerFactory.getLogger(LostActivities.class);

    /** Long enough for the worker's restart to have begun, short enough not to be felt. */
    private static final Duration NEXT_ATTEMPT = Duration.ofMillis(100);

    private LostActivities() {}

    /**
     * Reports what the dead process of this name was at, and empties its file.
     *
     * @param status the process's exit status
     */
    public static void report(
            WorkflowClient client, StateFolder state, String process, int status) {
        Path file = RunningActivities.file(state, process);
        try {
            List<RunningActivity> lost = RunningActivities.read(file);
            Files.deleteIfExists(file);
            ActivityCompletionClient completion = client.newActivityCompletionClient();
            lost.forEach(activity -> report(completion, activity, process, status));
        } catch (IOException e) {
            LOG.warn("cannot tell what {} was at; its heartbeats will time out", process, e);
        }
    }

    private static void report(
            ActivityCompletionClient completion,
            RunningActivity activity,
            String process,
            int status) {
        try {
            completion.completeExceptionally(
                    Base64.getDecoder().decode(activity.token()),
                    ApplicationFailure.newBuilder()
                            .setType(FailureType.BACKEND_FAILED.type())
                            .setMessage(
                                    "the %s worker died (status %d) during attempt %d of %s"
                                            .formatted(
                                                    process,
                                                    status,
                                                    activity.attempt(),
                                                    activity.type()))
                            .setNextRetryDelay(NEXT_ATTEMPT)
                            .build());
        } catch (ActivityCompletionException over) {
            // It had ended, or another attempt has taken over: nothing was lost.
            LOG.info("{} of {} needed no report", activity.type(), activity.workflowId());
        }
    }
}
