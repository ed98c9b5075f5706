package dev.septet.activities.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.operator.OperatorName;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The services with OpenAI's API that pipelines may use on this worker, by name.
 *
 * @param file the operator's file; null = none is set
 * @param environment of the worker, with the keys of the services
 */
public record ModelEndpoints(@Nullable Path file, Map<String, String> environment) {
    public ModelEndpoints {
        environment = Map.copyOf(environment);
    }

    /** As the environment says. */
    public static ModelEndpoints of(Map<String, String> environment) {
        return new ModelEndpoints(OperatorFile.named(environment), environment);
    }

    /** Whether the operator's file is known here, so that names can be checked before a run. */
    public boolean declared() {
        return file != null;
    }

    /**
     * The endpoints of the operator's file.
     *
     * @throws StageProblem POLICY_DENIED with file and line when it cannot be read
     */
    public Map<String, ModelEndpoint> all() {
        Map<String, ModelEndpoint> all = new TreeMap<>();
        if (file == null) {
            return all;
        }
        OperatorFile operator = new OperatorFile(file);
        all.putAll(OperatorName.section(operator, "endpoints", OpenAiSpec.ENDPOINT_PATTERN, ModelEndpoints::read));
        BedrockAccount.in(operator).ifPresent(account -> all.put(BedrockAccount.NAME, account.answers()));
        return all;
    }

    private static ModelEndpoint read(OperatorFile operator, String at, JsonNode json) {
        String name = at.substring(at.lastIndexOf(' ') + 1);
        if (name.equals(BedrockAccount.NAME)) {
            throw operator.problem("endpoints: bedrock: this name belongs to the section `bedrock:`; use another name");
        }
        return ModelEndpoint.of(operator, name, json);
    }

    /**
     * The names of the variables that hold the keys of all endpoints.
     *
     * @throws StageProblem POLICY_DENIED with file and line when the file cannot be read
     */
    public Set<String> keys() {
        return all().values().stream()
                .map(ModelEndpoint::key)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The endpoint of a name.
     *
     * @param where what names it, such as {@code train: by openai(...)}
     * @throws StageProblem POLICY_DENIED when the operator does not declare it
     */
    public ModelEndpoint endpoint(String where, String name) {
        Map<String, ModelEndpoint> all = all();
        if (file != null && name.equals(BedrockAccount.NAME) && !all.containsKey(name)) {
            throw OperatorName.denied(
                    where, "the operator's file %s has no section `bedrock:`; see the page bedrock.md".formatted(file));
        }
        return OperatorName.required(file, all, where, "endpoint", name);
    }

    /**
     * The service with OpenAI's API of a name.
     *
     * @throws StageProblem INVALID_PIPELINE for Amazon Bedrock, else as {@link #endpoint(String, String)}
     */
    public ModelEndpoint service(String where, String name) {
        if (name.equals(BedrockAccount.NAME)) {
            throw StageProblem.invalid(
                    "%s: endpoint: 'bedrock' is Amazon Bedrock, which does not have OpenAI's API; write `by bedrock(model: ...)`"
                            .formatted(where));
        }
        return endpoint(where, name);
    }

    /**
     * The endpoint of a name, which must allow a base model.
     *
     * @throws StageProblem POLICY_DENIED when the operator does not declare the endpoint or the model
     */
    public ModelEndpoint allowing(String where, String name, String model) {
        ModelEndpoint endpoint = endpoint(where, name);
        if (!endpoint.models().contains(model)) {
            throw OperatorName.denied(
                    where,
                    "the operator's file does not allow the model '%s' at the endpoint '%s', only %s; write one of these, or ask the operator to add it to `models:`"
                            .formatted(model, name, String.join(", ", endpoint.models())));
        }
        return endpoint;
    }

    /** Prices of a model's answers at an endpoint; null when the operator declares none. */
    public @Nullable AnswerPrice answerPrice(String name, String model) {
        if (file == null) {
            return null;
        }
        OperatorFile operator = new OperatorFile(file);
        JsonNode json = operator.root().path("endpoints").path(name);
        return AnswerPrice.of(operator, "endpoints: " + name, json.path("answerPrices"), model);
    }

    /**
     * Amazon Bedrock as the operator declares it.
     *
     * @param where what names it
     * @throws StageProblem POLICY_DENIED when the operator does not declare it
     */
    public BedrockAccount bedrock(String where) {
        endpoint(where, BedrockAccount.NAME);
        return BedrockAccount.in(new OperatorFile(Objects.requireNonNull(file))).orElseThrow();
    }

    /** A client of an endpoint. */
    public EndpointClient client(ModelEndpoint endpoint) {
        return new EndpointClient(endpoint, environment);
    }
}
