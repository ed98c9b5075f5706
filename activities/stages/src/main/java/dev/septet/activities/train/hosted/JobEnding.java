package dev.septet.activities.train.hosted;

import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.activities.train.TrainingContext;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the jobs of a run: after a pause, a cancellation, or the result.
 *
 * @param settles how long a creation whose answer is unknown may take until the service lists the job
 */
record JobEnding(OpenAiSpec spec, TrainingContext context, ModelEndpoint endpoint, ServiceJobs jobs, Duration settles) {
    private static final Logger LOG = LoggerFactory.getLogger(JobEnding.class);

    /** A service that is asked to end a job does so within this time. */
    private static final Duration ENDS = Duration.ofMinutes(5);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /**
     * Ends all jobs of the run. A creation whose answer is unknown is awaited, because nobody else would end its job.
     *
     * @return the record without a present job, which is written
     */
    JobRecord all(JobRecord record) throws IOException {
        List<ServiceJob> found = found(record);
        while (found.isEmpty()
                && record.mayHaveJob()
                && record.age(Instant.now()).compareTo(settles) < 0) {
            await("a job that endpoint %s may have accepted".formatted(endpoint.name()));
            found = found(record);
        }
        JobRecord after = record;
        for (ServiceJob job : found) {
            end(job);
            after = after.ended(job.id());
        }
        return after.withoutJob().write(context);
    }

    /** The present job, or those that the service lists. */
    private List<ServiceJob> found(JobRecord record) throws IOException {
        String id = record.job();
        return id == null ? jobs.of(record) : jobs.described(id).stream().toList();
    }

    /** Cancels a job, unless it is over; returns when the service has ended it. */
    void end(ServiceJob found) throws IOException {
        if (!found.open()) {
            return;
        }
        long began = System.nanoTime();
        jobs.cancel(found.id());
        Optional<ServiceJob> now = jobs.described(found.id());
        while (now.filter(ServiceJob::open).isPresent()) {
            if (System.nanoTime() - began > ENDS.toNanos()) {
                throw FineTuning.failed(
                        spec,
                        "the service did not end job %s within %d minutes".formatted(found.id(), ENDS.toMinutes()));
            }
            await("the end of job %s at endpoint %s".formatted(found.id(), endpoint.name()));
            jobs.cancel(found.id());
            now = jobs.described(found.id());
        }
        now.ifPresent(job -> LOG.info(
                "endpoint {}, job {} was cancelled: {}", endpoint.name(), job.id(), job.cost(endpoint, spec.model())));
    }

    /** A cancelled attempt waits for the end, because nobody else does. */
    private void await(String what) throws IOException {
        context.report(Progress.of("waiting for " + what, 0, 0, ""));
        if (context.shutdown().requested()) {
            throw new StageProblem(
                    FailureType.INTERRUPTED, "the worker is shutting down; the next attempt waits for " + what);
        }
        Heartbeats heartbeats = context.attempt().heartbeats();
        if (!heartbeats.cancelled()) {
            heartbeats.check();
        }
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + what, e);
        }
    }
}
