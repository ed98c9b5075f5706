package dev.septet.activities.train.service;

import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.EndpointClient.Failure;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One round of a training at a service: its waits, its interruption, and its problems in Septet's words.
 *
 * @param written the back end as the pipeline file has it, such as {@code bedrock('MODEL')}
 */
public record ServiceRound(String written, TrainingContext context) {
    /** Services refuse rows and settings within minutes of a creation. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final int SOON_ROUNDS = 24;
    private static final Duration OFTEN = Duration.ofSeconds(30);

    /** About an hour from the first one. */
    private static final int OFTEN_ROUNDS = SOON_ROUNDS + 116;

    private static final Duration RARE = Duration.ofMinutes(5);

    /**
     * The result of a round that waits.
     *
     * @param why for people
     * @param failure of a request of the round; null = none
     */
    public BackEnd.Result waiting(String why, @Nullable Failure failure) {
        Progress progress = Progress.of(why, 0, 0, "steps");
        context.report(progress);
        return BackEnd.Result.waiting(
                0, pause(failure == null ? null : failure.retryAfter()), progress, new TrainingLedger());
    }

    /**
     * Time until the next round. Each round is a part of the workflow's history, which the server limits, so those of a
     * long training are rare.
     *
     * @param asked time for which the service asked; null = none
     */
    public Duration pause(@Nullable Duration asked) {
        Duration pause = pause(context.attempt().fence().token().step());
        return asked == null || asked.compareTo(pause) < 0 ? pause : asked;
    }

    /** Time until the next round, without a wish of the service. */
    static Duration pause(long round) {
        return round < SOON_ROUNDS ? SOON : round < OFTEN_ROUNDS ? OFTEN : RARE;
    }

    /**
     * Ends the attempt when its worker shuts down or the run is cancelled. After a cancellation, the workflow ends the
     * job by its own activity.
     */
    public void interruption() {
        interruption("the next attempt follows the job");
        context.attempt().heartbeats().check();
    }

    private void interruption(String next) {
        if (context.shutdown().requested()) {
            throw new StageProblem(FailureType.INTERRUPTED, "the worker is shutting down; " + next);
        }
    }

    /**
     * Waits within a round. A cancelled attempt waits, too, because nobody else ends its job.
     *
     * @param what for people, such as {@code the end of job ID}
     */
    public void await(String what, Duration time) throws IOException {
        context.report(Progress.of("waiting for " + what, 0, 0, ""));
        interruption("the next attempt waits for " + what);
        Heartbeats heartbeats = context.attempt().heartbeats();
        if (!heartbeats.cancelled()) {
            heartbeats.check();
        }
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + what, e);
        }
    }

    /** The problem of a request. The exception itself stays out: it may have what was sent. */
    public StageProblem problem(Failure e) {
        if (e.denied()) {
            return new StageProblem(FailureType.POLICY_DENIED, message(e.why()));
        }
        boolean refused = e.status() >= 400 && !e.away() && !e.quota();
        return refused ? invalid(e.why()) : failed(e.why());
    }

    /** What the pipeline file or the dataset must change. */
    public StageProblem invalid(String why) {
        return StageProblem.invalid(message(why));
    }

    /** What another attempt may not meet again. */
    public StageProblem failed(String why) {
        return new StageProblem(FailureType.BACKEND_FAILED, message(why));
    }

    /** A sentence with the place in the pipeline file. */
    public String message(String why) {
        return "train: by %s: %s".formatted(written, why);
    }
}
