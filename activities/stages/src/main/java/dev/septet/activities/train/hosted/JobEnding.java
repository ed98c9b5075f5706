package dev.septet.activities.train.hosted;

import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.activities.time.SteadyClock;
import dev.septet.activities.train.service.ServiceRound;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the jobs of a run: after a pause, a cancellation, or the result.
 *
 * @param settles how long a creation whose answer is unknown may take until the service lists the job
 */
record JobEnding(OpenAiSpec spec, ServiceRound round, ModelEndpoint endpoint, ServiceJobs jobs, Duration settles) {
    private static final Logger LOG = LoggerFactory.getLogger(JobEnding.class);

    /** A service that is asked to end a job does so within this time. */
    private static final Duration ENDS = Duration.ofMinutes(5);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /**
     * Ends all jobs of the run. A creation whose answer is unknown is awaited, because nobody else would end its job. So
     * is a job that the service does not know just now.
     *
     * @param keepsResult whether a job that succeeded stays the present one
     * @return the record without a present job that trains, which is written
     */
    JobRecord all(JobRecord record, boolean keepsResult) throws IOException {
        long began = System.nanoTime();
        List<ServiceJob> found = found(record);
        while (found.isEmpty() && record.mayHaveJob() && mayAppear(record, began)) {
            round.await("a job that endpoint %s may have accepted".formatted(endpoint.name()), PAUSE);
            found = found(record);
        }
        if (found.isEmpty()) {
            if (record.job() != null) {
                LOG.warn(
                        "endpoint {} neither knows nor lists job {}, so it is not cancelled; look for it there",
                        endpoint.name(),
                        record.job());
            }
            return record.forgets().write(round.context());
        }
        JobRecord after = record;
        String result = null;
        for (ServiceJob job : found) {
            if (end(job, record).succeeded() && keepsResult && result == null) {
                result = job.id();
            } else {
                after = after.ended(job.id());
            }
        }
        return (result == null ? after.withoutJob() : after.follows(result, SteadyClock.now())).write(round.context());
    }

    private boolean mayAppear(JobRecord record, long began) {
        return record.age(SteadyClock.now()).compareTo(settles) < 0
                || (record.job() != null && System.nanoTime() - began < settles.toNanos());
    }

    /** The present job, and those that the service lists. */
    private List<ServiceJob> found(JobRecord record) throws IOException {
        List<ServiceJob> all = new ArrayList<>();
        String id = record.job();
        Optional<ServiceJob> present = id == null ? Optional.empty() : jobs.described(id);
        present.ifPresent(all::add);
        for (ServiceJob job : jobs.of(record).jobs()) {
            if (present.isEmpty() || !job.id().equals(id)) {
                all.add(job);
            }
        }
        return all;
    }

    /**
     * Ends the other jobs than this one.
     *
     * @return the record, which is written when there was one
     */
    JobRecord others(JobRecord record, List<ServiceJob> found, String id) throws IOException {
        JobRecord after = record;
        for (ServiceJob other : found) {
            if (other.id().equals(id)) {
                continue;
            }
            if (other.open()) {
                LOG.warn("endpoint {} has a second job {} of one run; it is ended", endpoint.name(), other.id());
            }
            end(other, record);
            if (other.open()) {
                after = after.ended(other.id()).write(round.context());
            }
        }
        return after;
    }

    /**
     * Cancels a job, unless it is over; returns when the service has ended it.
     *
     * @return its end
     */
    private ServiceJob end(ServiceJob found, JobRecord record) throws IOException {
        if (!found.open()) {
            found.countUse(endpoint, spec.model());
            return found;
        }
        long began = System.nanoTime();
        jobs.cancel(found.id());
        Optional<ServiceJob> now = jobs.known(found.id(), record);
        while (now.filter(ServiceJob::open).isPresent()) {
            if (System.nanoTime() - began > ENDS.toNanos()) {
                throw round.failed(String.format(
                        Locale.ROOT, "the service did not end job %s within %d minutes", found.id(), ENDS.toMinutes()));
            }
            round.await("the end of job %s at endpoint %s".formatted(found.id(), endpoint.name()), PAUSE);
            jobs.cancel(found.id());
            now = jobs.known(found.id(), record);
        }
        if (now.isPresent()) {
            LOG.info(
                    "endpoint {}, job {} is over: {}",
                    endpoint.name(),
                    found.id(),
                    now.get().cost(endpoint, spec.model()));
            now.get().countUse(endpoint, spec.model());
        }
        return now.orElse(found);
    }
}
