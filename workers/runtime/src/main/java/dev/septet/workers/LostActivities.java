package dev.septet.workers;

import dev.septet.workflows.FailureType;
import io.temporal.client.ActivityCompletionClient;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.WorkflowClient;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports activities that were lost with a local worker process to the server, so that the next
 * attempt does not wait for the heartbeat timeout.
 */
public final class LostActivities {
    private static final Logger LOG = LoggerFactory.getLogger(LostActivities.class);

    /**
     * Delay of the next attempt: long enough for the worker's restart to begin, too short for users
     * to notice.
     */
    private static final Duration NEXT_ATTEMPT = Duration.ofMillis(100);

    /** Delay between the next attempts of activities that were lost in one crash. */
    private static final Duration APART = Duration.ofSeconds(5);

    private LostActivities() {}

    /**
     * Reports the activities that the dead process of this name was running, and empties its file.
     *
     * @param status the process's exit status
     */
    public static void report(WorkflowClient client, StateFolder state, String process, int status) {
        Path file = RunningActivities.file(state, process);
        try {
            List<RunningActivity> lost = RunningActivities.read(file);
            Duration ran = lost.isEmpty() ? Duration.ZERO : age(file);
            Files.deleteIfExists(file);
            Map<String, Integer> crashes =
                    CrashRecord.isCrash(status) ? CrashRecord.of(state, process).crashed(lost, ran) : Map.of();
            ActivityCompletionClient completion = client.newActivityCompletionClient();
            for (int i = 0; i < lost.size(); i++) {
                RunningActivity activity = lost.get(i);
                int count = crashes.getOrDefault(CrashRecord.key(activity), 0);
                if (CrashRecord.isPoisoned(count, lost.size())) {
                    report(completion, activity, poisoned(activity, state, process, status, count));
                } else {
                    // The next attempts start one after the other, so that the activity that
                    // crashes runs alone.
                    Duration apart = APART.multipliedBy(count == 0 ? 0 : i);
                    report(completion, activity, failure(activity, process, status, apart));
                }
            }
        } catch (IOException e) {
            LOG.warn("cannot read which activities {} ran; their heartbeats will time out", process, e);
        }
    }

    private static Duration age(Path file) throws IOException {
        long since = Files.getLastModifiedTime(file).toMillis();
        return Duration.ofMillis(Math.max(0, System.currentTimeMillis() - since));
    }

    private static ApplicationFailure failure(RunningActivity activity, String process, int status, Duration apart) {
        return ApplicationFailure.newBuilder()
                .setType(FailureType.BACKEND_FAILED.type())
                .setMessage(String.format(
                        Locale.ROOT,
                        "the %s worker died (status %d) during attempt %d of %s",
                        process,
                        status,
                        activity.attempt(),
                        activity.type()))
                .setNextRetryDelay(NEXT_ATTEMPT.plus(apart))
                .build();
    }

    /**
     * Not retryable: the activity would crash the worker again, and with it the work of every other
     * pipeline.
     */
    private static ApplicationFailure poisoned(
            RunningActivity activity, StateFolder state, String process, int status, int crashes) {
        return ApplicationFailure.newBuilder()
                .setType(FailureType.BACKEND_FAILED.type())
                .setNonRetryable(true)
                .setMessage(String.format(
                        Locale.ROOT,
                        "%s of %s was running in %d crashes of the %s worker in a row (signal %d); it is not run again. %s shows what crashed. Repair the cause, then continue the run with `septet resume`",
                        activity.type(),
                        activity.workflowId(),
                        crashes,
                        process,
                        status - 128,
                        state.logs().resolve(process + ".out")))
                .build();
    }

    private static void report(
            ActivityCompletionClient completion, RunningActivity activity, ApplicationFailure failure) {
        try {
            completion.completeExceptionally(Base64.getDecoder().decode(activity.token()), failure);
        } catch (ActivityCompletionException over) {
            // The activity had ended, or another attempt is running: nothing was lost.
            LOG.info("{} of {} needed no report", activity.type(), activity.workflowId());
        }
    }
}
