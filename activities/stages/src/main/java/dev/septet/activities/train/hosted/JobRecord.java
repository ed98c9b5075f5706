package dev.septet.activities.train.hosted;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.train.TrainingContext;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the artifact store has about the jobs of a run, for the next attempt on any machine. It is written before each
 * request that has an effect at the service.
 *
 * @param trainingFile id of the uploaded training split; null = not uploaded yet
 * @param validationFile id of the uploaded validation split; null = not uploaded yet, or empty
 * @param createdAt when the creation of the present job began, in milliseconds since 1970; null = there is none
 * @param job id of the present job; null = none, or the answer to its creation is unknown
 * @param over ids of jobs that ended without a result
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record JobRecord(
        @Nullable String trainingFile,
        @Nullable String validationFile,
        @Nullable Long createdAt,
        @Nullable String job,
        List<String> over) {
    /** Before the first request. */
    static final JobRecord NONE = new JobRecord(null, null, null, null, List.of());

    JobRecord {
        over = List.copyOf(over);
    }

    private static String name(TrainingContext context) {
        return "fine-tuning/%s/%s".formatted(context.run().runId(), context.name());
    }

    /** The record of a run; empty before its first attempt. */
    static Optional<JobRecord> read(TrainingContext context) throws IOException {
        Optional<String> text = context.store().record(name(context));
        return text.isEmpty()
                ? Optional.empty()
                : Optional.of(SpecJson.mapper().readValue(text.get(), JobRecord.class));
    }

    /**
     * Writes it down.
     *
     * @throws dev.septet.activities.store.FencedException when a later attempt has taken over
     */
    JobRecord write(TrainingContext context) throws IOException {
        context.store()
                .putRecord(
                        name(context),
                        SpecJson.mapper().writeValueAsString(this),
                        context.attempt().fence());
        return this;
    }

    JobRecord uploaded(String training, @Nullable String validation) {
        return new JobRecord(training, validation, createdAt, job, over);
    }

    JobRecord creates(Instant now) {
        return new JobRecord(trainingFile, validationFile, now.toEpochMilli(), null, over);
    }

    /** The service did not accept the creation; there is no present job. */
    JobRecord refused() {
        return new JobRecord(trainingFile, validationFile, null, null, over);
    }

    JobRecord follows(String id, Instant now) {
        return new JobRecord(
                trainingFile, validationFile, createdAt == null ? now.toEpochMilli() : createdAt, id, over);
    }

    /** A job that ended without a result. */
    JobRecord ended(String id) {
        List<String> all = new ArrayList<>(over);
        if (!all.contains(id)) {
            all.add(id);
        }
        return new JobRecord(trainingFile, validationFile, createdAt, job, all);
    }

    /** The present job ended without a result, so the next attempt creates another one. */
    JobRecord withoutJob() {
        return job == null ? refused() : ended(job).refused();
    }

    /** How long ago the creation began; a clock that was ahead gives a negative time. */
    Duration age(Instant now) {
        return createdAt == null ? Duration.ZERO : Duration.between(Instant.ofEpochMilli(createdAt), now);
    }

    /** Whether a job exists, or may exist. */
    boolean mayHaveJob() {
        return createdAt != null;
    }
}
