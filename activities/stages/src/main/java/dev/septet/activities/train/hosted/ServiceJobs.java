package dev.septet.activities.train.hosted;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointClient.Failure;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The fine-tuning jobs of a run at a service. A job is the run's if it trains on the run's file, whose id no other run
 * has.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/fine-tuning">Fine-tuning in OpenAI's API</a>
 */
record ServiceJobs(EndpointClient client) {
    private static final String PATH = "fine_tuning/jobs";

    private static final long SEEDS = 1L << 31;

    /**
     * What the service lists of a run.
     *
     * @param jobs the oldest first
     * @param complete whether there can be no other
     */
    record Listed(List<ServiceJob> jobs, boolean complete) {}

    /**
     * Creates a job.
     *
     * @return empty when the answer names no job; then the list may have it
     */
    Optional<ServiceJob> create(ObjectNode body) throws Failure {
        return ServiceJob.of(client.post(PATH, body));
    }

    /**
     * The body of a creation.
     *
     * @param suffix part of the model's name
     * @param seed any number
     */
    static ObjectNode body(OpenAiSpec spec, TrainSpec train, JobRecord files, String suffix, long seed) {
        ObjectNode body = SpecJson.mapper().createObjectNode();
        body.put("model", spec.model()).put("training_file", files.trainingFile());
        if (files.validationFile() != null) {
            body.put("validation_file", files.validationFile());
        }
        body.put("suffix", suffix).put("seed", Math.floorMod(seed, SEEDS));
        String type = train.objective() instanceof DpoSpec ? "dpo" : "supervised";
        ObjectNode method = body.putObject("method").put("type", type);
        ObjectNode parameters = method.putObject(type).putObject("hyperparameters");
        parameters.put("n_epochs", train.epochs());
        if (spec.batchSize() != null) {
            parameters.put("batch_size", spec.batchSize());
        }
        if (spec.learningRateMultiplier() != null) {
            parameters.put("learning_rate_multiplier", spec.learningRateMultiplier());
        }
        if (train.objective() instanceof DpoSpec dpo) {
            parameters.put("beta", dpo.beta());
        }
        return body;
    }

    /** What the service reports about a job; empty when it does not know it. */
    Optional<ServiceJob> described(String id) throws Failure {
        try {
            JsonNode json = client.get("%s/%s".formatted(PATH, id));
            return Optional.of(new ServiceJob(id, json));
        } catch (Failure e) {
            if (e.missing()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The run's jobs that are not known to be over, the oldest first. */
    Listed of(JobRecord record) throws Failure {
        List<ServiceJob> found = new ArrayList<>();
        if (record.trainingFile() == null) {
            return new Listed(found, true);
        }
        boolean complete = new Pages(client, PATH + "?limit=100").forEach(json -> {
            ServiceJob.of(json)
                    .filter(job -> job.trainsOn(record.trainingFile()))
                    .filter(job -> !record.over().contains(job.id()))
                    .ifPresent(found::add);
            return true;
        });
        found.sort(Comparator.comparingLong(ServiceJob::createdAt).thenComparing(ServiceJob::id));
        return new Listed(found, complete);
    }

    /** The same, or what the list says about it: a service that changes may answer 404 for a while. */
    Optional<ServiceJob> known(String id, JobRecord record) throws Failure {
        Optional<ServiceJob> described = described(id);
        return described.isPresent()
                ? described
                : of(record).jobs().stream().filter(job -> job.id().equals(id)).findFirst();
    }

    /** Asks the service to end a job. A job that is over stays as it is. */
    void cancel(String id) throws Failure {
        try {
            client.post("%s/%s/cancel".formatted(PATH, id));
        } catch (Failure e) {
            if (e.away() || e.denied()) {
                throw e;
            }
        }
    }
}
