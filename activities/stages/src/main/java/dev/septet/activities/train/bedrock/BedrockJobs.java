package dev.septet.activities.train.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.endpoint.BedrockAccount;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.EndpointClient.Failure;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.backend.BedrockSpec;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The requests to Bedrock about jobs, models and deployments.
 *
 * @see <a href="https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateModelCustomizationJob.html">CreateModelCustomizationJob</a>
 */
record BedrockJobs(EndpointClient client) {
    private static final String JOBS = "model-customization-jobs";
    private static final String DEPLOYMENTS = "model-customization/custom-model-deployments";
    private static final String VALIDATION = "ValidationException";

    /** The name or the token is in use. */
    static final String CONFLICT = "ConflictException";

    /**
     * The body of a creation. It is the same for each attempt of a job, as the token requires.
     *
     * @param validation address of the validation rows; null = there are none
     */
    static ObjectNode body(
            BedrockAccount account,
            BedrockSpec spec,
            int epochs,
            String name,
            String training,
            @Nullable String validation,
            String output) {
        ObjectNode body = SpecJson.mapper().createObjectNode();
        body.put("jobName", name)
                .put("customModelName", name)
                .put("roleArn", account.role())
                .put("clientRequestToken", name)
                .put("baseModelIdentifier", spec.model())
                .put("customizationType", "FINE_TUNING");
        body.putObject("trainingDataConfig").put("s3Uri", training);
        if (validation != null) {
            body.putObject("validationDataConfig")
                    .putArray("validators")
                    .addObject()
                    .put("s3Uri", validation);
        }
        body.putObject("outputDataConfig").put("s3Uri", output);
        ObjectNode parameters = body.putObject("hyperParameters");
        parameters.put(BedrockSpec.EPOCHS, Integer.toString(epochs));
        spec.hyperparameters().forEach((key, value) -> parameters.put(key, text(value)));
        return body;
    }

    /** Bedrock takes texts; a number has no exponent there. */
    private static String text(Object value) {
        return value instanceof Double number
                ? new BigDecimal(number.toString()).stripTrailingZeros().toPlainString()
                : value.toString();
    }

    /** Creates a job; a second request with the same body has no second effect. */
    void create(ObjectNode body) throws Failure {
        client.post(JOBS, body);
    }

    /** The job of a name; empty when Bedrock shows none. */
    Optional<BedrockJob> described(String name) throws Failure {
        return found("%s/%s".formatted(JOBS, name)).map(json -> new BedrockJob(name, json));
    }

    /** Begins to stop a job, unless it is over. */
    void stop(String name) throws Failure {
        try {
            client.post("%s/%s/stop".formatted(JOBS, name));
        } catch (Failure e) {
            boolean over =
                    e.missing() || e.code().equals(VALIDATION) || e.code().equals(CONFLICT);
            if (!over) {
                throw e;
            }
        }
    }

    /** The trained model; empty when Bedrock has none of this address. */
    Optional<JsonNode> model(String arn) throws Failure {
        return found("custom-models/" + encoded(arn));
    }

    /** Creates a deployment for requests that are paid by token. */
    void deploy(String name, String model) throws Failure {
        ObjectNode body = SpecJson.mapper().createObjectNode();
        body.put("modelDeploymentName", name).put("modelArn", model).put("clientRequestToken", name);
        client.post(DEPLOYMENTS, body);
    }

    /** The deployment of a name; empty when Bedrock shows none. */
    Optional<JsonNode> deployment(String name) throws Failure {
        return found("%s/%s".formatted(DEPLOYMENTS, name));
    }

    /** Deletes a deployment, if there is one. */
    void undeploy(String name) throws Failure {
        try {
            client.delete("%s/%s".formatted(DEPLOYMENTS, name));
        } catch (Failure e) {
            if (!e.missing()) {
                throw e;
            }
        }
    }

    private Optional<JsonNode> found(String path) throws Failure {
        try {
            return Optional.of(client.get(path));
        } catch (Failure e) {
            if (e.missing()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static String encoded(String arn) {
        return URLEncoder.encode(arn, StandardCharsets.UTF_8);
    }
}
