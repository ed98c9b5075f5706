package dev.septet.activities.train.bedrock;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.train.TrainingContext;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the artifact store has about the jobs of a run, for the next attempt on any machine. It is written before each
 * request that has an effect at Bedrock.
 *
 * @param prefix beginning of the names of the run's jobs, models and deployments
 * @param number of the present job, from 1; 0 = none yet
 * @param created whether the present job was created, or may have been
 * @param known whether Bedrock has shown the present job
 * @param deployment number of the present deployment of its model, from 1; 0 = none yet
 * @param since since when the job waits for the same thing, in milliseconds since 1970; null = it does not wait
 * @param awaited what it waits for; null = nothing
 * @param absences how many times in a row it was not there; 0 = it does not wait
 * @param region where the present job is; null = there is none, or a version wrote it that did not store it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record BedrockRecord(
        String prefix,
        int number,
        boolean created,
        boolean known,
        int deployment,
        @Nullable Long since,
        @Nullable Awaited awaited,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int absences,
        @Nullable String region) {
    /** An answer of another region, or of a proxy, can be wrong a few times. */
    static final int MOST_ABSENCES = 5;

    /** What a job can wait for. */
    enum Awaited {
        CREATION,
        JOB,
        MODEL,
        METRICS
    }

    private static String name(TrainingContext context) {
        return "bedrock/%s/%s".formatted(context.run().runId(), context.name());
    }

    /** The record of a run; empty before its first attempt. */
    static Optional<BedrockRecord> read(TrainingContext context) throws IOException {
        Optional<String> text = context.store().record(name(context));
        return text.isEmpty()
                ? Optional.empty()
                : Optional.of(SpecJson.mapper().readValue(text.get(), BedrockRecord.class));
    }

    /** Before the first request. */
    static BedrockRecord first(String prefix) {
        return new BedrockRecord(prefix, 1, false, false, 0, null, null, 0, null);
    }

    /**
     * Writes it down.
     *
     * @throws dev.septet.activities.store.FencedException when a later attempt has taken over
     */
    BedrockRecord write(TrainingContext context) throws IOException {
        context.store()
                .putRecord(
                        name(context),
                        SpecJson.mapper().writeValueAsString(this),
                        context.attempt().fence());
        return this;
    }

    /** Name of the present job, of its model, and its token: Bedrock accepts each once. */
    String job() {
        return String.format(Locale.ROOT, "%s-%d", prefix, number);
    }

    /** Name of the present deployment, and its token. */
    String deploymentName() {
        return String.format(Locale.ROOT, "%s-%d-%d", prefix, number, deployment);
    }

    /** Before each request that creates the present job. A wait for an earlier one goes on. */
    BedrockRecord creates(String where) {
        return new BedrockRecord(prefix, number, true, false, 0, since, awaited, absences, where);
    }

    /** Bedrock refused the only creation, so there is no such job. */
    BedrockRecord refused() {
        return new BedrockRecord(prefix, number, false, false, 0, null, null, 0, null);
    }

    /** Bedrock shows the present job. */
    BedrockRecord shown(String where) {
        boolean more = awaited == Awaited.MODEL || awaited == Awaited.METRICS;
        return more
                ? new BedrockRecord(prefix, number, true, true, deployment, since, awaited, absences, where)
                : new BedrockRecord(prefix, number, true, true, deployment, null, null, 0, where);
    }

    /** The present job is over without a result, so the next attempt creates another one under another name. */
    BedrockRecord over() {
        return new BedrockRecord(prefix, number + 1, false, false, 0, null, null, 0, null);
    }

    BedrockRecord deploys() {
        return new BedrockRecord(prefix, number, created, known, deployment + 1, null, null, 0, region);
    }

    /** It is not there. A wait for something else is over. */
    BedrockRecord waits(Awaited what, Instant now) {
        Long began = what == awaited ? since : null;
        return began == null
                ? new BedrockRecord(prefix, number, created, known, deployment, now.toEpochMilli(), what, 1, region)
                : new BedrockRecord(prefix, number, created, known, deployment, began, what, absences + 1, region);
    }

    /** It is there. */
    BedrockRecord found(Awaited what) {
        return what == awaited
                ? new BedrockRecord(prefix, number, created, known, deployment, null, null, 0, region)
                : this;
    }

    /** How long it has waited. */
    Duration waited(Instant now) {
        return since == null ? Duration.ZERO : Duration.between(Instant.ofEpochMilli(since), now);
    }

    /** Whether it waited in vain: long enough, and several times in a row, because rounds can be far apart. */
    boolean inVain(Duration settles, Instant now) {
        return absences >= MOST_ABSENCES && waited(now).compareTo(settles) >= 0;
    }
}
