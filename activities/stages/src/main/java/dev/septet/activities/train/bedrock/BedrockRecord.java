package dev.septet.activities.train.bedrock;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.train.TrainingContext;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
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
 * @param since since when the job waits for what it names: a job that is not shown, or metrics that cannot be read; in
 *     milliseconds since 1970; null = it does not wait
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record BedrockRecord(
        String prefix,
        int number,
        boolean created,
        boolean known,
        int deployment,
        @Nullable Long since) {

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
        return new BedrockRecord(prefix, 1, false, false, 0, null);
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
        return "%s-%d".formatted(prefix, number);
    }

    /** Name of the present deployment, and its token. */
    String deploymentName() {
        return "%s-%d-%d".formatted(prefix, number, deployment);
    }

    BedrockRecord creates() {
        return new BedrockRecord(prefix, number, true, false, 0, null);
    }

    /** Bedrock refused the creation, so there is no such job. */
    BedrockRecord refused() {
        return new BedrockRecord(prefix, number, false, false, 0, null);
    }

    BedrockRecord shown() {
        return new BedrockRecord(prefix, number, true, true, deployment, null);
    }

    /** The present job is over without a result, so the next attempt creates another one under another name. */
    BedrockRecord over() {
        return new BedrockRecord(prefix, number + 1, false, false, 0, null);
    }

    BedrockRecord deploys() {
        return new BedrockRecord(prefix, number, created, known, deployment + 1, null);
    }

    BedrockRecord waits(Instant now) {
        return since == null ? new BedrockRecord(prefix, number, created, known, deployment, now.toEpochMilli()) : this;
    }

    /** How long it has waited. */
    Duration waited(Instant now) {
        return since == null ? Duration.ZERO : Duration.between(Instant.ofEpochMilli(since), now);
    }
}
