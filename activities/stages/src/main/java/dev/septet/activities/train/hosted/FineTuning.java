package dev.septet.activities.train.hosted;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointClient.Failure;
import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.activities.store.Sha256;
import dev.septet.activities.time.SteadyClock;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.LedgerLine;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.TrainingEnd;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.activities.train.service.ServiceRound;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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

    /** A worker that was away between the record and the request must not send it any more. */
    private static final Duration PROMPT = Duration.ofSeconds(30);

    private static final int ID_DIGITS = 10;
    private static final int CLEARINGS = 3;
    private static final Duration CLEARING = Duration.ofSeconds(2);

    /** How long a job that succeeded waits for its metrics, in times that a creation takes: an hour. */
    private static final int METRICS_PATIENCE = 12;

    private final ServiceRound round;
    private final OpenAiSpec spec;
    private final TrainRequest request;
    private final TrainingContext context;
    private final ModelEndpoint endpoint;
    private final Duration settles;
    private final EndpointClient client;
    private final ServiceFiles files;
    private final ServiceJobs jobs;
    private final JobEnding ending;
    private final String name;
    private JobRecord record;

    /**
     * @param settles how long a creation whose answer is unknown may take until the service lists the job
     */
    FineTuning(OpenAiSpec spec, TrainRequest request, TrainingContext context, EndpointClient client, Duration settles)
            throws IOException {
        this.round = new ServiceRound(spec.written(), context);
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
        this.ending = new JobEnding(spec, round, endpoint, jobs, settles);
        this.record = JobRecord.read(context).orElse(JobRecord.NONE);
    }

    /** Whether a job exists, or may exist. */
    boolean begun() {
        return record.mayHaveJob();
    }

    BackEnd.Result round(Path export) throws IOException {
        round.interruption();
        try {
            if (context.steering().update(0, Integer.MAX_VALUE).pauses(0)) {
                record = ending.all(record, true);
                if (record.job() == null) {
                    return BackEnd.Result.paused(0, new TrainingLedger());
                }
            }
            return followed(export);
        } catch (Failure e) {
            if (begun() && (e.away() || e.denied())) {
                return round.waiting("the job continues at endpoint %s, but %s".formatted(endpoint.name(), e.why()), e);
            }
            throw round.problem(e);
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
        Optional<ServiceJob> described = jobs.known(id, record);
        if (described.isEmpty()) {
            return forgotten(id);
        }
        if (record.missingSince() != null) {
            record = record.found().write(context);
        }
        ServiceJob job = described.get();
        job.countUse(endpoint, spec.model());
        if (job.succeeded()) {
            return ended(job, export);
        } else if (job.open()) {
            if (record.unknownCreations() > 1) {
                record = ending.others(record, jobs.of(record).jobs(), id); // the first creation may be listed late
            }
            Progress progress = job.progress(endpoint, metrics(job).latest(), SteadyClock.now());
            context.report(progress);
            return BackEnd.Result.waiting((int) progress.done(), round.pause(null), progress, new TrainingLedger());
        }
        String why = "job %s failed: %s".formatted(id, job.reason());
        if (job.refusesRows()) {
            files.delete(); // before the job is over, so that the next attempt deletes what is left
            over();
            throw new StageProblem(FailureType.POISON_DATA, round.message(why));
        }
        over();
        if (job.cancelled()) {
            throw round.failed("job %s was cancelled, but not by Septet (%s); the next attempt creates another job"
                    .formatted(id, job.cost(endpoint, spec.model())));
        }
        throw round.failed(why);
    }

    /** A job that was created just now may not be known everywhere. One answer of a proxy ends no job that is paid. */
    private BackEnd.Result forgotten(String id) throws IOException {
        if (record.age(SteadyClock.now()).compareTo(settles) < 0) {
            return round.waiting("waiting until endpoint %s knows job %s".formatted(endpoint.name(), id), null);
        }
        boolean first = record.missingSince() == null;
        record = record.missing(SteadyClock.now()).write(context);
        if (first || JobRecord.since(record.missingSince(), SteadyClock.now()).compareTo(settles) < 0) {
            return round.waiting(
                    "endpoint %s neither knows nor lists job %s; Septet asks again".formatted(endpoint.name(), id),
                    null);
        }
        record = record.forgets().write(context);
        throw round.failed(
                "the service neither knows nor lists job %s any more; are `url:` and the key still those of its project? The next attempt creates another job"
                        .formatted(id));
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
        boolean fresh = record.trainingFile() == null;
        if (fresh) {
            record.write(context); // from now on, the service may have files of the run
            Optional<BackEnd.Result> waits = upload();
            if (waits.isPresent()) {
                return waits;
            }
        }
        ServiceJobs.Listed listed = jobs.of(record);
        if (!listed.jobs().isEmpty()) {
            ServiceJob first = listed.jobs().stream()
                    .filter(job -> job.open() || job.succeeded())
                    .findFirst()
                    .orElse(listed.jobs().get(0));
            record = ending.others(record, listed.jobs(), first.id());
            record = record.follows(first.id(), SteadyClock.now()).write(context);
            return Optional.empty();
        }
        if (begun() && record.age(SteadyClock.now()).compareTo(settles) < 0) {
            return Optional.of(round.waiting(
                    "waiting for endpoint %s, which may have accepted a job".formatted(endpoint.name()), null));
        }
        refuseUnknown(listed);
        if (!fresh && !(files.has(record.trainingFile()) && files.has(record.validationFile()))) {
            LOG.info("endpoint {} has the rows of {} no more; they are uploaded again", endpoint.name(), name);
            record = record.uploaded(null, null).write(context);
            Optional<BackEnd.Result> waits = upload();
            if (waits.isPresent()) {
                return waits;
            }
        }
        return create();
    }

    /** Each creation may be a paid job, also when the service does not show it. */
    private void refuseUnknown(ServiceJobs.Listed listed) {
        int unknown = record.unknownCreations();
        if (unknown >= JobRecord.MOST_CREATIONS || (unknown > 0 && !listed.complete())) {
            throw round.failed(
                    "endpoint %s may have jobs with the file %s, but its list %s; Septet creates no other. Look at the service's list, cancel such jobs, then run again"
                            .formatted(
                                    endpoint.name(),
                                    record.trainingFile(),
                                    listed.complete() ? "shows none" : "cannot be read to its end"));
        }
    }

    private Optional<BackEnd.Result> upload() throws IOException {
        Path dataset = context.store().fetch(request.dataset().artifact());
        boolean pairs = request.spec().objective() instanceof DpoSpec;
        ServiceFiles.@Nullable Uploaded training = upload(new TrainingRows(dataset.resolve("train.jsonl"), pairs));
        if (training == null) {
            throw round.invalid("the training split has no rows");
        }
        ServiceFiles.@Nullable Uploaded validation =
                upload(new TrainingRows(dataset.resolve("validation.jsonl"), pairs));
        for (ServiceFiles.@Nullable Uploaded file : new ServiceFiles.@Nullable Uploaded[] {training, validation}) {
            if (file != null && file.refused()) {
                files.delete();
                throw new StageProblem(
                        FailureType.POISON_DATA,
                        round.message("the service refuses the file %s: %s".formatted(file.name(), file.reason())));
            } else if (file != null && !file.ready()) {
                return Optional.of(
                        round.waiting("waiting until endpoint %s has read the rows".formatted(endpoint.name()), null));
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
        round.interruption();
        long before = System.nanoTime();
        record = record.creates(SteadyClock.now()).write(context);
        if (System.nanoTime() - before > PROMPT.toNanos()) {
            throw round.failed("the artifact store was slow, so the job was not created");
        }
        Optional<ServiceJob> job = Optional.empty();
        try {
            job = jobs.create(ServiceJobs.body(
                    spec, request.spec(), record, name, request.setup().seed()));
        } catch (Failure e) {
            if (!e.mayHaveArrived()) {
                record = record.refused().write(context);
                if (e.away()) {
                    return Optional.of(round.waiting(e.why(), e)); // too many jobs or requests
                }
                throw round.problem(e);
            }
            if (!e.accepted()) {
                return Optional.of(round.waiting(e.why(), e));
            }
        }
        if (job.isEmpty()) {
            record = record.accepted().write(context);
            throw round.failed(
                    "endpoint %s accepted a job with the file %s, but its answer has no id that Septet can use; the next attempt looks for the job in the service's list"
                            .formatted(endpoint.name(), record.trainingFile()));
        }
        record = record.follows(job.get().id(), SteadyClock.now()).write(context);
        return Optional.empty();
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
                .orElseThrow(
                        () -> round.failed("job %s succeeded, but the service names no model".formatted(job.id())));
        TrainingLedger ledger = new TrainingLedger();
        String unread = "";
        try {
            ledger = metrics(job).ledger();
        } catch (Failure e) {
            record = record.succeeded(SteadyClock.now()).write(context);
            Duration since = JobRecord.since(record.succeededAt(), SteadyClock.now());
            if (since.compareTo(settles.multipliedBy(METRICS_PATIENCE)) < 0) {
                return round.waiting(
                        "job %s succeeded, but its metrics cannot be read yet: %s".formatted(job.id(), e.why()), e);
            }
            LOG.warn("endpoint {}, job {}: the metrics cannot be read: {}", endpoint.name(), job.id(), e.why());
            unread = "; its metrics could not be read";
        }
        new EndpointModel(endpoint.name(), model, spec.model(), job.id()).write(export);
        int steps = ledger.lines().size();
        Double validation = null;
        for (LedgerLine line : ledger.lines()) {
            validation = line.validationLoss() == null ? validation : line.validationLoss();
        }
        String end = "the job succeeded; %s%s".formatted(job.cost(endpoint, spec.model()), unread);
        LOG.info("endpoint {}, job {}: {}", endpoint.name(), job.id(), end);
        return BackEnd.Result.ended(steps, TrainingEnd.of(ledger, steps, validation, end), ledger)
                .withNote(ServiceJob.NOTE, job.note(endpoint, spec.model()));
    }

    /**
     * Ends all jobs of the run and deletes its files. A creation whose answer is unknown is awaited, because nobody
     * else would end its job.
     */
    void end() throws IOException {
        try {
            endAll();
        } catch (Failure e) {
            throw round.problem(e);
        }
    }

    private void endAll() throws IOException {
        record = ending.all(record, false);
        files.delete();
    }

    /** The same after the result, which tries a few times: no later attempt does it. */
    void clear() throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                endAll();
                return;
            } catch (Failure e) {
                if (tries == CLEARINGS) {
                    throw round.failed(
                            "%s; delete the files there whose names begin with %s-".formatted(e.why(), name));
                }
            }
            round.await("the deletion of files at endpoint " + endpoint.name(), CLEARING.multipliedBy(tries));
        }
    }
}
