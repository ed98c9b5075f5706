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
 * @param creations since the last job that is known to be over; null = none
 * @param missingSince when the service first did not know the present job, in milliseconds since 1970; null = it does
 * @param succeededAt when the job was first seen as succeeded without its metrics, in milliseconds since 1970; null =
 *     never
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record JobRecord(
        @Nullable String trainingFile,
        @Nullable String validationFile,
        @Nullable Long createdAt,
        @Nullable String job,
        List<String> over,
        @Nullable Integer creations,
        @Nullable Long missingSince,
        @Nullable Long succeededAt) {
    /** A third creation could be a third paid job. */
    static final int MOST_CREATIONS = 2;

    /** Before the first request. */
    static final JobRecord NONE = new JobRecord(null, null, null, null, List.of(), null, null, null);

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

    JobRecord uploaded(@Nullable String training, @Nullable String validation) {
        return new JobRecord(training, validation, createdAt, job, over, creations, missingSince, succeededAt);
    }

    JobRecord creates(Instant now) {
        return present(now.toEpochMilli(), null, unknownCreations() + 1);
    }

    /** The service did not accept the creation; there is no present job. */
    JobRecord refused() {
        return present(null, null, unknownCreations() - 1);
    }

    /** The service accepted the creation, but gave no id, so nothing is created any more. */
    JobRecord accepted() {
        return present(createdAt, null, MOST_CREATIONS);
    }

    JobRecord follows(String id, Instant now) {
        return present(createdAt == null ? now.toEpochMilli() : createdAt, id, unknownCreations());
    }

    private JobRecord present(@Nullable Long began, @Nullable String id, int count) {
        return new JobRecord(trainingFile, validationFile, began, id, over, count > 0 ? count : null, null, null);
    }

    /** A job that ended without a result. */
    JobRecord ended(String id) {
        List<String> all = new ArrayList<>(over);
        if (!all.contains(id)) {
            all.add(id);
        }
        return new JobRecord(trainingFile, validationFile, createdAt, job, all, creations, missingSince, succeededAt);
    }

    /** The present job ended without a result, so the next attempt creates another one. */
    JobRecord withoutJob() {
        return (job == null ? this : ended(job)).present(null, null, 0);
    }

    /** The service does not show the present job. It is not over: the list may show it later. */
    JobRecord forgets() {
        return present(null, null, job == null ? unknownCreations() : 1);
    }

    /** The service does not know the present job. */
    JobRecord missing(Instant now) {
        Long since = missingSince == null ? (Long) now.toEpochMilli() : missingSince;
        return new JobRecord(trainingFile, validationFile, createdAt, job, over, creations, since, succeededAt);
    }

    /** The service knows the present job again. */
    JobRecord found() {
        return new JobRecord(trainingFile, validationFile, createdAt, job, over, creations, null, succeededAt);
    }

    /** The present job succeeded, but its metrics are not known. */
    JobRecord succeeded(Instant now) {
        Long since = succeededAt == null ? (Long) now.toEpochMilli() : succeededAt;
        return new JobRecord(trainingFile, validationFile, createdAt, job, over, creations, missingSince, since);
    }

    /** How many creations may have made a job that is not known. */
    int unknownCreations() {
        return creations == null ? 0 : creations;
    }

    /** How long ago the creation began; a clock that was ahead gives a negative time. */
    Duration age(Instant now) {
        return since(createdAt, now);
    }

    /** How long ago a time was that the record has. */
    static Duration since(@Nullable Long time, Instant now) {
        return time == null ? Duration.ZERO : Duration.between(Instant.ofEpochMilli(time), now);
    }

    /** Whether a job exists, or may exist. */
    boolean mayHaveJob() {
        return createdAt != null;
    }
}
