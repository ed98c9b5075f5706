package dev.septet.activities.train.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.BedrockAccount;
import dev.septet.activities.endpoint.EndpointClient.Failure;
import dev.septet.activities.endpoint.EndpointModel;
import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.secret.MaskedText;
import dev.septet.activities.store.Sha256;
import dev.septet.activities.store.bucket.S3Exchange;
import dev.septet.activities.time.SteadyClock;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.LedgerLine;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.TrainingEnd;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.activities.train.bedrock.BedrockRecord.Awaited;
import dev.septet.activities.train.service.ServiceRound;
import dev.septet.dsl.pipeline.backend.BedrockSpec;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * One round of a training at Bedrock: creates the job or finds what an earlier attempt created, follows it, deploys its
 * model, and takes the result. The name of a job is also its token, and the record has it before the request. So a lost
 * answer or a killed worker never creates a second job.
 */
final class BedrockTraining implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BedrockTraining.class);

    private static final Duration STOPS = Duration.ofMinutes(10);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** How long a job that completed waits for its metrics, in times that something takes to be shown: an hour. */
    private static final int METRICS_PATIENCE = 12;

    private static final int ID_DIGITS = 10;
    private static final int DIGEST_DIGITS = 16;

    private final ServiceRound round;
    private final BedrockSpec spec;
    private final TrainRequest request;
    private final TrainingContext context;
    private final BedrockAccount account;
    private final ModelEndpoint endpoint;
    private final Duration settles;
    private final BedrockJobs jobs;
    private final S3Client s3;
    private final S3Exchange bucket;
    private BedrockRecord record;

    BedrockTraining(
            BedrockSpec spec,
            TrainRequest request,
            TrainingContext context,
            BedrockAccount account,
            ModelEndpoints endpoints,
            Duration settles)
            throws IOException {
        this.round = new ServiceRound(spec.written(), context);
        this.spec = spec;
        this.request = request;
        this.context = context;
        this.account = account;
        this.endpoint = account.trains();
        this.settles = settles;
        this.jobs = new BedrockJobs(endpoints.client(endpoint));
        String run = "%s %s %s/%s"
                .formatted(account.region(), account.bucket(), context.run().runId(), context.name());
        this.record = BedrockRecord.read(context)
                .orElse(BedrockRecord.first("septet-" + Sha256.of(run).substring(0, ID_DIGITS)));
        this.s3 = account.s3(endpoints.environment());
        this.bucket = new S3Exchange(s3, account.bucket());
    }

    @Override
    public void close() {
        s3.close();
    }

    /** Whether a job exists, or may exist. */
    boolean begun() {
        return record.created();
    }

    BackEnd.Result round(Path export) throws IOException {
        round.interruption();
        if (elsewhere()) {
            return round.waiting(differs() + "; Septet asks again", null);
        }
        try {
            if (context.steering().update(0, Integer.MAX_VALUE).pauses(0)
                    && stopped().filter(BedrockJob::completed).isEmpty()) {
                record = record.created() ? record.over().write(context) : record;
                return BackEnd.Result.paused(0, new TrainingLedger());
            }
            return followed(export);
        } catch (Failure e) {
            if (begun() && (e.away() || e.denied())) {
                return round.waiting("job %s continues, but %s".formatted(record.job(), e.why()), e);
            }
            throw round.problem(e);
        } catch (SdkException e) { // its message may name addresses with signatures
            throw round.failed("the bucket s3://%s cannot be used (%s)"
                    .formatted(account.bucket().bucket(), e.getClass().getSimpleName()));
        }
    }

    private BackEnd.Result followed(Path export) throws IOException {
        Optional<BedrockJob> described = jobs.described(record.job());
        if (described.isEmpty()) {
            return record.known() ? forgotten() : create();
        }
        BedrockJob job = described.get();
        if (!job.isOf(record)) {
            throw round.invalid(
                    "Bedrock has a job %s, but it is not of this run; use another `prefix:` in the operator's file"
                            .formatted(record.job()));
        }
        seen(record.shown(account.region()));
        if (job.completed()) {
            job.countUse(endpoint, spec.model(), tokens());
            return completed(job, export);
        } else if (job.open()) {
            return round.waiting("training at Bedrock (job %s is %s)".formatted(job.name(), job.state()), null);
        }
        record = record.over().write(context);
        throw round.failed(
                job.failed()
                        ? "job %s failed: %s".formatted(job.name(), job.reason())
                        : "job %s was stopped, but not by Septet; the next attempt creates another job"
                                .formatted(job.name()));
    }

    /** Whether the operator's file names another region than that of the present job. */
    private boolean elsewhere() {
        return record.region() != null && !record.region().equals(account.region());
    }

    private String differs() {
        return "job %s is in the region %s, but the operator's file has `region: %s`; write `region: %s` again"
                .formatted(record.job(), record.region(), account.region(), record.region());
    }

    /** Writes the record only if it changed. */
    private void seen(BedrockRecord after) throws IOException {
        record = after.equals(record) ? record : after.write(context);
    }

    /** Some answers of another region, or of a proxy, end no job that is paid. */
    private BackEnd.Result forgotten() throws IOException {
        record = record.waits(Awaited.JOB, SteadyClock.now()).write(context);
        if (!record.inVain(settles, SteadyClock.now())) {
            return round.waiting(
                    "Bedrock does not show job %s any more; Septet asks again".formatted(record.job()), null);
        }
        String name = record.job();
        record = record.over().write(context);
        throw round.failed(
                "Bedrock does not show job %s any more; are `region:` and the account still the same? The next attempt creates another job"
                        .formatted(name));
    }

    private BackEnd.Result create() throws IOException {
        String training = upload("train").orElseThrow(() -> round.invalid("the training split has no rows"));
        String validation = upload("validation").orElse(null);
        round.interruption();
        boolean before = record.created(); // an earlier request of this number may have arrived
        record = record.creates(account.region()).write(context);
        try {
            jobs.create(BedrockJobs.body(
                    account,
                    spec,
                    request.spec().epochs(),
                    record.job(),
                    training,
                    validation,
                    "s3://%s/%s"
                            .formatted(
                                    account.bucket().bucket(), account.bucket().key(output()))));
        } catch (Failure e) {
            if (e.code().equals(BedrockJobs.CONFLICT) || (before && !e.away() && !e.mayHaveArrived())) {
                return uncertain(e.denied() ? FailureType.POLICY_DENIED : FailureType.BACKEND_FAILED, e.why(), e);
            } else if (!e.mayHaveArrived()) {
                record = before ? record : record.refused().write(context);
                if (e.away()) {
                    return round.waiting(e.why(), e);
                }
            }
            throw e;
        }
        return before
                ? uncertain(FailureType.BACKEND_FAILED, "Bedrock accepts it again", null)
                : round.waiting("job %s is created at Bedrock".formatted(record.job()), null);
    }

    /** Bedrock shows no job, but may have one. Another one would be paid beside it, so none is created. */
    private BackEnd.Result uncertain(FailureType type, String why, @Nullable Failure failure) throws IOException {
        record = record.waits(Awaited.CREATION, SteadyClock.now()).write(context);
        if (!record.inVain(settles, SteadyClock.now())) {
            return round.waiting("waiting until Bedrock shows job %s: %s".formatted(record.job(), why), failure);
        }
        throw new StageProblem(
                type,
                round.message(
                        "Bedrock may have job %s in the region %s, but does not show it: %s. Either an earlier request created it, or another job has its name or token, for example because `role:` or `bucket:` changed. Look for it there and stop it, then run again"
                                .formatted(record.job(), account.region(), why)));
    }

    /** Key of the folder of this run. */
    private String folder() {
        return record.prefix() + "/";
    }

    private String output() {
        return String.format(Locale.ROOT, "%sout/%d/", folder(), record.number());
    }

    /**
     * Uploads a split, unless it is there: its key has the digest of the rows.
     *
     * @return its address; empty when it has no rows
     */
    private Optional<String> upload(String split) throws IOException {
        Path dataset = context.store().fetch(request.dataset().artifact());
        BedrockAccount.Model model = account.models().get(spec.model());
        if (model == null) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED, round.message("the operator's file does not allow this model any more"));
        }
        BedrockRows rows = new BedrockRows(dataset.resolve(split + ".jsonl"), model.rows());
        if (!rows.any()) {
            return Optional.empty();
        }
        context.report(Progress.of("uploading the %s rows for Bedrock".formatted(split), 0, 0, ""));
        Path converted = context.store().scratch(context.attempt().fence()).resolve(split + ".jsonl");
        String sha256 = rows.writeTo(converted);
        String key = "%srows/%s-%s.jsonl".formatted(folder(), sha256.substring(0, DIGEST_DIGITS), split);
        if (bucket.list(key).isEmpty()) {
            record.write(context); // from now on, the bucket may have files of the run
            bucket.put(key, converted);
        }
        return Optional.of("s3://%s/%s"
                .formatted(account.bucket().bucket(), account.bucket().key(key)));
    }

    private BackEnd.Result completed(BedrockJob job, Path export) throws IOException {
        String model = job.model()
                .orElseThrow(() -> round.failed("job %s completed, but Bedrock names no model".formatted(job.name())));
        Optional<JsonNode> trained = jobs.model(model);
        String status = trained.map(json -> json.path("modelStatus").asText("")).orElse("");
        if (trained.isEmpty()) {
            record = record.waits(Awaited.MODEL, SteadyClock.now()).write(context);
            if (!record.inVain(settles, SteadyClock.now())) {
                return round.waiting("waiting until Bedrock shows the model of job %s".formatted(job.name()), null);
            }
            record = record.over().write(context);
            throw round.failed("job %s completed, but Bedrock has its model no more; the next attempt trains again"
                    .formatted(job.name()));
        }
        seen(record.found(Awaited.MODEL));
        if (status.equals("Creating")) {
            return round.waiting("Bedrock creates the model of job %s".formatted(job.name()), null);
        } else if (status.equals("Failed")) {
            record = record.over().write(context);
            throw round.failed(
                    "Bedrock could not create the model of job %s: %s".formatted(job.name(), reason(trained.get())));
        }
        if (record.deployment() == 0) {
            record = record.deploys().write(context);
        }
        Optional<JsonNode> deployment = jobs.deployment(record.deploymentName());
        if (deployment.isEmpty()) {
            return deploy(model);
        }
        return switch (deployment.get().path("status").asText()) {
            case "Active" -> ended(job, deployment.get(), export);
            case "Failed" -> {
                jobs.undeploy(record.deploymentName());
                String name = record.deploymentName();
                record = record.deploys().write(context);
                throw round.failed("Bedrock could not deploy the model as %s: %s; the next attempt deploys it again"
                        .formatted(name, reason(deployment.get())));
            }
            default -> round.waiting("Bedrock deploys the model as %s".formatted(record.deploymentName()), null);
        };
    }

    private BackEnd.Result deploy(String model) throws IOException {
        try {
            jobs.deploy(record.deploymentName(), model);
        } catch (Failure e) {
            if (e.away() || e.denied() || e.quota()) {
                throw e;
            }
            throw round.invalid(
                    "%s. The model %s is trained, but Bedrock does not deploy it for requests that are paid by token; allow other base models in the operator's file"
                            .formatted(e.why(), model));
        }
        return round.waiting("Bedrock deploys the model as %s".formatted(record.deploymentName()), null);
    }

    private static String reason(JsonNode json) {
        String message = json.path("failureMessage").asText("");
        return message.isBlank() ? "Bedrock gives no reason" : MaskedText.lineWithoutQuotes(message);
    }

    private long tokens() {
        return request.dataset().trainTokens() * request.spec().epochs();
    }

    private BackEnd.Result ended(BedrockJob job, JsonNode deployment, Path export) throws IOException {
        String arn = deployment.path("customModelDeploymentArn").asText("");
        if (!arn.matches(OpenAiSpec.MODEL_PATTERN)) {
            throw round.failed("Bedrock names no address of deployment %s".formatted(record.deploymentName()));
        }
        TrainingLedger ledger = new TrainingLedger();
        String unread = "";
        try {
            Path scratch = context.store().scratch(context.attempt().fence());
            ledger = new BedrockMetrics(
                            bucket, "bedrock " + spec.model(), request.spec().epochs())
                    .ledger(output(), scratch);
        } catch (IOException | SdkException e) {
            record = record.waits(Awaited.METRICS, SteadyClock.now()).write(context);
            if (record.waited(SteadyClock.now()).compareTo(settles.multipliedBy(METRICS_PATIENCE)) < 0) {
                return round.waiting(
                        "job %s completed, but its metrics cannot be read yet".formatted(job.name()), null);
            }
            LOG.warn("Bedrock, job {}: the metrics cannot be read", job.name(), e);
            unread = "; its metrics could not be read";
        }
        new EndpointModel(BedrockAccount.NAME, arn, account.baseline(spec.model()), job.arn()).write(export);
        int steps = ledger.lines().size();
        Double validation = null;
        for (LedgerLine line : ledger.lines()) {
            validation = line.validationLoss() == null ? validation : line.validationLoss();
        }
        String end = "the job completed; %s%s".formatted(BedrockJob.cost(endpoint, spec.model(), tokens()), unread);
        LOG.info("Bedrock, job {}: {}", job.name(), end);
        return BackEnd.Result.ended(steps, TrainingEnd.of(ledger, steps, validation, end), ledger)
                .withNote(BedrockJob.NOTE, job.note(endpoint, spec.model(), tokens(), arn));
    }

    /**
     * Stops the present job, unless it is over. A creation whose answer is unknown is awaited, because nobody else would
     * stop its job.
     *
     * @return its end; empty when there is none
     */
    private Optional<BedrockJob> stopped() throws IOException {
        if (!record.created()) {
            return Optional.empty();
        }
        if (elsewhere()) {
            throw round.failed(differs() + ", or stop the job there");
        }
        long began = System.nanoTime();
        Optional<BedrockJob> job = own();
        while (job.map(BedrockJob::open).orElse(true)) {
            Duration waited = Duration.ofNanos(System.nanoTime() - began);
            if (job.isEmpty() && waited.compareTo(settles) < 0) {
                await("a job that Bedrock may have accepted");
            } else if (job.isEmpty() && record.known()) {
                throw round.failed(
                        "Bedrock does not show job %s in the region %s, so Septet cannot stop it, and its rows stay in the bucket. It may train and cost money: compare `region:` and the account, or stop it there"
                                .formatted(record.job(), account.region()));
            } else if (job.isEmpty()) {
                LOG.warn(
                        "Bedrock did not answer the creation of job {}, and does not show it in the region {}; stop it"
                                + " there if it appears",
                        record.job(),
                        account.region());
                break;
            } else if (waited.compareTo(settles.plus(STOPS)) > 0) {
                throw round.failed(String.format(
                        Locale.ROOT, "Bedrock did not stop job %s within %d minutes", record.job(), STOPS.toMinutes()));
            } else {
                jobs.stop(record.job());
                await("the end of job %s at Bedrock".formatted(record.job()));
            }
            job = own();
        }
        return job;
    }

    private Optional<BedrockJob> own() throws IOException {
        Optional<BedrockJob> job = jobs.described(record.job()).filter(one -> one.isOf(record));
        if (job.isPresent()) {
            seen(record.shown(account.region()));
        }
        return job;
    }

    /** Ends all that the run has at Bedrock, and removes its files. A trained model stays, because it was paid. */
    void end() throws IOException {
        try {
            Optional<BedrockJob> job = stopped();
            if (job.isPresent() && job.get().completed()) {
                job.get().countUse(endpoint, spec.model(), tokens());
            }
            if (record.deployment() > 0) {
                jobs.undeploy(record.deploymentName());
            }
            job.filter(BedrockJob::completed)
                    .flatMap(BedrockJob::model)
                    .ifPresent(
                            model -> LOG.warn("Bedrock keeps the model {} of a cancelled run; delete it there", model));
            record = record.created() ? record.over().write(context) : record;
        } catch (Failure e) {
            throw round.problem(e);
        }
        clear();
    }

    /** Removes the files of the run from the bucket. */
    void clear() throws IOException {
        bucket.clear(folder());
    }

    private void await(String what) throws IOException {
        round.await(what, PAUSE.compareTo(settles) < 0 ? PAUSE : settles);
    }
}
