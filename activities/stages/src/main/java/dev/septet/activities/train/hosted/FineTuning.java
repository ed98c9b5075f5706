package dev.septet.activities.train.hosted;

import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointClient.Failure;
import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.activities.store.Sha256;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.LedgerLine;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.TrainingEnd;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One round of a training at a service: begins it or finds what an earlier attempt began, follows its job, and takes
 * the result. Each request with an effect is written down before it is sent. So a lost answer or a killed worker never
 * creates a second job.
 */
final class FineTuning {
    private static final Logger LOG = LoggerFactory.getLogger(FineTuning.class);

    /** About an hour at half a minute each. */
    private static final int OFTEN_ROUNDS = 120;

    private static final Duration OFTEN = Duration.ofSeconds(30);
    private static final Duration RARE = Duration.ofMinutes(5);

    /** A worker that was away between the record and the request must not send it any more. */
    private static final Duration PROMPT = Duration.ofSeconds(30);

    /** A service that is asked to end a job does so within this time. */
    private static final Duration ENDS = Duration.ofMinutes(5);

    private static final int ID_DIGITS = 10;

    private final OpenAiSpec spec;
    private final TrainRequest request;
    private final TrainingContext context;
    private final ModelEndpoint endpoint;
    private final Duration settles;
    private final EndpointClient client;
    private final ServiceFiles files;
    private final ServiceJobs jobs;
    private final String name;
    private JobRecord record;

    /**
     * @param settles how long a creation whose answer is unknown may take until the service lists the job
     */
    FineTuning(OpenAiSpec spec, TrainRequest request, TrainingContext context, EndpointClient client, Duration settles)
            throws IOException {
        this.spec = spec;
        this.request = request;
        this.context = context;
        this.client = client;
        this.endpoint = client.endpoint();
        this.settles = settles;
        this.name = "septet-"
                + Sha256.of("%s %s/%s".formatted(endpoint.name(), context.run().runId(), context.name()))
                        .substring(0, ID_DIGITS);
        this.files = new ServiceFiles(client, name);
        this.jobs = new ServiceJobs(client);
        this.record = JobRecord.read(context).orElse(JobRecord.NONE);
    }

    /** Whether a job exists, or may exist. */
    boolean begun() {
        return record.mayHaveJob();
    }

    BackEnd.Result round(Path export) throws IOException {
        interruption();
        try {
            if (context.steering().update(0, Integer.MAX_VALUE).pauses(0)) {
                endJobs();
                return BackEnd.Result.paused(0, new TrainingLedger());
            }
            return followed(export);
        } catch (Failure e) {
            if (begun() && (e.away() || e.denied())) {
                return waiting("the job continues at endpoint %s, but %s".formatted(endpoint.name(), e.why()), e);
            }
            throw problem(e);
        }
    }

    private BackEnd.Result followed(Path export) throws IOException {
        String id = record.job();
        if (id == null) {
            Optional<BackEnd.Result> waits = begin();
            id = record.job();
            if (waits.isPresent() || id == null) {
                return waits.orElseThrow();
            }
        }
        Optional<ServiceJob> described = jobs.described(id);
        if (described.isEmpty()) {
            return forgotten(id);
        }
        ServiceJob job = described.get();
        if (job.succeeded()) {
            return ended(job, export);
        } else if (job.open()) {
            Progress progress = job.progress(endpoint, metrics(job).latest(), Instant.now());
            context.report(progress);
            return BackEnd.Result.waiting((int) progress.done(), pause(null), progress, new TrainingLedger());
        }
        over();
        if (job.cancelled()) {
            throw failed("job %s was cancelled, but not by Septet (%s); the next attempt creates another job"
                    .formatted(id, job.cost(endpoint, spec.model())));
        }
        String why = "job %s failed: %s".formatted(id, job.reason());
        if (job.refusesRows()) {
            files.delete();
            throw new StageProblem(FailureType.POISON_DATA, message(why));
        }
        throw failed(why);
    }

    /** A job that was created just now may not be known everywhere at the service. */
    private BackEnd.Result forgotten(String id) throws IOException {
        if (record.age(Instant.now()).compareTo(settles) < 0) {
            return waiting("waiting until endpoint %s knows job %s".formatted(endpoint.name(), id), null);
        }
        over();
        throw failed("the service does not know job %s any more; the next attempt creates another job".formatted(id));
    }

    private void over() throws IOException {
        record = record.withoutJob().write(context);
    }

    /**
     * Finds or creates the job.
     *
     * @return empty when there is one now, otherwise a result that waits
     */
    private Optional<BackEnd.Result> begin() throws IOException {
        if (record.trainingFile() == null) {
            record.write(context); // from now on, the service may have files of the run
            Optional<BackEnd.Result> waits = upload();
            if (waits.isPresent()) {
                return waits;
            }
        }
        List<ServiceJob> found = jobs.of(record);
        if (!found.isEmpty()) {
            ServiceJob first = found.stream()
                    .filter(job -> job.open() || job.succeeded())
                    .findFirst()
                    .orElse(found.get(0));
            record = record.follows(first.id(), Instant.now()).write(context);
            for (ServiceJob other : found) {
                if (!other.id().equals(first.id())) {
                    LOG.warn("endpoint {} has a second job {} of one run; it is ended", endpoint.name(), other.id());
                    end(other);
                }
            }
            return Optional.empty();
        }
        if (begun() && record.age(Instant.now()).compareTo(settles) < 0) {
            return Optional.of(
                    waiting("waiting for endpoint %s, which may have accepted a job".formatted(endpoint.name()), null));
        }
        return create();
    }

    private Optional<BackEnd.Result> upload() throws IOException {
        Path dataset = context.store().fetch(request.dataset().artifact());
        boolean pairs = request.spec().objective() instanceof DpoSpec;
        ServiceFiles.@Nullable Uploaded training = upload(new TrainingRows(dataset.resolve("train.jsonl"), pairs));
        if (training == null) {
            throw StageProblem.invalid(message("the training split has no rows"));
        }
        ServiceFiles.@Nullable Uploaded validation =
                upload(new TrainingRows(dataset.resolve("validation.jsonl"), pairs));
        for (ServiceFiles.@Nullable Uploaded file : new ServiceFiles.@Nullable Uploaded[] {training, validation}) {
            if (file != null && file.refused()) {
                files.delete();
                throw new StageProblem(
                        FailureType.POISON_DATA,
                        message("the service refuses the file %s: %s".formatted(file.name(), file.reason())));
            } else if (file != null && !file.ready()) {
                return Optional.of(
                        waiting("waiting until endpoint %s has read the rows".formatted(endpoint.name()), null));
            }
        }
        record = record.uploaded(training.id(), validation == null ? null : validation.id())
                .write(context);
        return Optional.empty();
    }

    /** Uploads a split; null = it has no rows. */
    private ServiceFiles.@Nullable Uploaded upload(TrainingRows rows) throws IOException {
        if (!rows.any()) {
            return null;
        }
        String split = String.valueOf(rows.file().getFileName()).replace(".jsonl", "");
        context.report(Progress.of("uploading the %s rows to endpoint %s".formatted(split, endpoint.name()), 0, 0, ""));
        Path converted = context.store().scratch(context.attempt().fence()).resolve(split + ".jsonl");
        String sha256 = rows.writeTo(converted);
        return files.upload(split, converted, sha256, Optional.ofNullable(endpoint.fileExpiry()));
    }

    private Optional<BackEnd.Result> create() throws IOException {
        interruption();
        long before = System.nanoTime();
        record = record.creates(Instant.now()).write(context);
        if (System.nanoTime() - before > PROMPT.toNanos()) {
            throw failed("the artifact store was slow, so the job was not created");
        }
        try {
            Optional<ServiceJob> job = jobs.create(ServiceJobs.body(
                    spec, request.spec(), record, name, request.setup().seed()));
            if (job.isPresent()) {
                record = record.follows(job.get().id(), Instant.now()).write(context);
                return Optional.empty();
            }
        } catch (Failure e) {
            if (!e.mayHaveArrived()) {
                record = record.refused().write(context);
                if (e.away()) {
                    return Optional.of(waiting(e.why(), e)); // too many jobs or requests
                }
                throw problem(e);
            }
            return Optional.of(waiting(e.why(), e));
        }
        return Optional.of(waiting("waiting until endpoint %s lists the job".formatted(endpoint.name()), null));
    }

    private JobMetrics metrics(ServiceJob job) {
        return new JobMetrics(
                client,
                job,
                "%s %s".formatted(endpoint.name(), spec.model()),
                request.spec().epochs());
    }

    private BackEnd.Result ended(ServiceJob job, Path export) throws IOException {
        String model = job.model()
                .orElseThrow(() -> failed("job %s succeeded, but the service names no model".formatted(job.id())));
        TrainingLedger ledger = metrics(job).ledger();
        new EndpointModel(endpoint.name(), model, spec.model(), job.id()).write(export);
        int steps = ledger.lines().size();
        Double validation = null;
        for (LedgerLine line : ledger.lines()) {
            validation = line.validationLoss() == null ? validation : line.validationLoss();
        }
        String end = "the job succeeded; " + job.cost(endpoint, spec.model());
        LOG.info("endpoint {}, job {}: {}", endpoint.name(), job.id(), end);
        return BackEnd.Result.ended(steps, TrainingEnd.of(ledger, steps, validation, end), ledger)
                .withNote(ServiceJob.NOTE, job.note(endpoint, spec.model()));
    }

    private BackEnd.Result waiting(String why, @Nullable Failure failure) {
        Progress progress = Progress.of(why, 0, 0, "steps");
        context.report(progress);
        return BackEnd.Result.waiting(
                0, pause(failure == null ? null : failure.retryAfter()), progress, new TrainingLedger());
    }

    /** Each round is a part of the workflow's history, which the server limits, so those of a long training are rare. */
    private Duration pause(@Nullable Duration asked) {
        Duration pause = context.attempt().fence().token().step() < OFTEN_ROUNDS ? OFTEN : RARE;
        return asked == null || asked.compareTo(pause) < 0 ? pause : asked;
    }

    /**
     * Ends all jobs of the run and deletes its files. A creation whose answer is unknown is awaited, because nobody
     * else would end its job.
     */
    void end() throws IOException {
        try {
            endJobs();
            files.delete();
        } catch (Failure e) {
            throw problem(e);
        }
    }

    private void endJobs() throws IOException {
        List<ServiceJob> found = found();
        while (found.isEmpty() && begun() && record.age(Instant.now()).compareTo(settles) < 0) {
            await("a job that endpoint %s may have accepted".formatted(endpoint.name()));
            found = found();
        }
        for (ServiceJob job : found) {
            end(job);
            record = record.ended(job.id());
        }
        record = record.withoutJob().write(context);
    }

    /** The present job, or those that the service lists. */
    private List<ServiceJob> found() throws IOException {
        String id = record.job();
        return id == null ? jobs.of(record) : jobs.described(id).stream().toList();
    }

    /** Cancels a job, unless it is over; returns when the service has ended it. */
    private void end(ServiceJob found) throws IOException {
        if (!found.open()) {
            return;
        }
        long began = System.nanoTime();
        jobs.cancel(found.id());
        Optional<ServiceJob> now = jobs.described(found.id());
        while (now.filter(ServiceJob::open).isPresent()) {
            if (System.nanoTime() - began > ENDS.toNanos()) {
                throw failed(
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
            Thread.sleep(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + what, e);
        }
    }

    private void interruption() throws IOException {
        if (context.shutdown().requested()) {
            throw new StageProblem(
                    FailureType.INTERRUPTED, "the worker is shutting down; the next attempt follows the job");
        }
        if (context.attempt().heartbeats().cancelled()) {
            end();
        }
        context.attempt().heartbeats().check();
    }

    /** The exception itself stays out: it may have what was sent. */
    private StageProblem problem(Failure e) {
        if (e.denied()) {
            return new StageProblem(FailureType.POLICY_DENIED, message(e.why()));
        }
        boolean request = e.status() >= 400 && !e.away() && !e.quota();
        return request ? StageProblem.invalid(message(e.why())) : failed(e.why());
    }

    private StageProblem failed(String why) {
        return new StageProblem(FailureType.BACKEND_FAILED, message(why));
    }

    private String message(String why) {
        return "train: by %s: %s".formatted(spec.written(), why);
    }
}
