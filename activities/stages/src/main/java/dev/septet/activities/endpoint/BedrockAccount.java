package dev.septet.activities.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.operator.DeclaredOption;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Connection;
import dev.septet.dsl.pipeline.backend.BedrockSpec;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Amazon Bedrock as the operator of the workers declares it, with what a pipeline file may use of it.
 *
 * @param role ARN of the role that Bedrock takes to read the rows and to write the metrics
 * @param bucket where the rows and the metrics are
 * @param models what pipeline files may name, by Bedrock's name of the base model
 * @param currency of the prices
 * @param endpoint of the API that trains and deploys
 * @param runtimeEndpoint of the API that answers
 * @param s3Endpoint null = Amazon's of the region
 */
public record BedrockAccount(
        String region,
        String role,
        S3Address bucket,
        Map<String, Model> models,
        String currency,
        URI endpoint,
        URI runtimeEndpoint,
        @Nullable URI s3Endpoint) {
    /** Name of the section of the operator's file, and of the endpoint that answers. */
    public static final String NAME = "bedrock";

    private static final String REGION = "[a-z]{2}(-[a-z]+)+-[0-9]";
    private static final String ROLE = "arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+";

    /** How Bedrock wants the rows of a model. */
    public enum Rows {
        /** The schema {@code bedrock-conversation-2024}: turns, and a system prompt. */
        CONVERSATION,
        /** {@code prompt} and {@code completion}. */
        COMPLETION
    }

    /**
     * A base model.
     *
     * @param hyperparameters what a pipeline file may set, by Bedrock's names
     * @param price of a million trained tokens; null = not declared
     * @param baseline the model that answers as the base model does; null = the name without its context length
     */
    public record Model(
            Rows rows,
            Map<String, DeclaredOption> hyperparameters,
            @Nullable Double price,
            @Nullable String baseline) {
        public Model {
            hyperparameters = new TreeMap<>(hyperparameters);
        }
    }

    public BedrockAccount {
        models = new TreeMap<>(models);
    }

    /**
     * The section {@code bedrock:} of the operator's file; empty without one.
     *
     * @throws dev.septet.activities.attempt.StageProblem POLICY_DENIED when it cannot be read
     */
    public static Optional<BedrockAccount> in(OperatorFile file) {
        JsonNode json = file.root().path(NAME);
        return json.isMissingNode() ? Optional.empty() : Optional.of(of(file, json));
    }

    private static BedrockAccount of(OperatorFile file, JsonNode json) {
        file.object(
                json,
                NAME,
                "region",
                "role",
                "bucket",
                "prefix",
                "models",
                "currency",
                "endpoint",
                "runtimeEndpoint",
                "s3Endpoint");
        String region = required(file, json, "region", REGION, "an AWS region such as us-east-1");
        Map<String, Model> models = new TreeMap<>();
        file.object(json.path("models"), NAME + ": models")
                .properties()
                .forEach(one -> models.put(one.getKey(), model(file, one.getKey(), one.getValue())));
        if (models.isEmpty()) {
            throw file.wrong(
                    NAME, "models", "base models with their settings, such as amazon.nova-micro-v1:0:128k: {}");
        }
        String currency = file.text(json, NAME, "currency");
        if (currency != null && !currency.matches(ModelEndpoint.CURRENCY)) {
            throw file.wrong(NAME, "currency", "a code of three letters such as USD");
        }
        return new BedrockAccount(
                region,
                required(file, json, "role", ROLE, "a role such as arn:aws:iam::123456789012:role/septet-bedrock"),
                bucket(file, json),
                models,
                currency == null ? "USD" : currency,
                url(file, json, "endpoint").orElse(amazon("bedrock", region)),
                url(file, json, "runtimeEndpoint").orElse(amazon("bedrock-runtime", region)),
                url(file, json, "s3Endpoint").orElse(null));
    }

    private static Model model(OperatorFile file, String name, JsonNode json) {
        String at = NAME + ": models: " + name;
        if (!name.matches(BedrockSpec.MODEL_PATTERN)) {
            throw file.problem("%s: is not a model of Bedrock, such as amazon.nova-micro-v1:0:128k".formatted(at));
        }
        file.object(json, at, "rows", "hyperparameters", "price", "baseline");
        String baseline = file.text(json, at, "baseline");
        if (baseline != null && !baseline.matches(OpenAiSpec.MODEL_PATTERN)) {
            throw file.wrong(at, "baseline", "a model that Converse takes, such as amazon.nova-micro-v1:0");
        }
        String rows = file.text(json, at, "rows");
        if (rows != null && !rows.equals("conversation") && !rows.equals("completion")) {
            throw file.wrong(at, "rows", "conversation or completion");
        }
        Map<String, DeclaredOption> hyperparameters = new TreeMap<>();
        String below = at + ": hyperparameters";
        file.object(json.path("hyperparameters"), below).properties().forEach(one -> {
            if (!one.getKey().matches(BedrockSpec.NAME_PATTERN) || one.getKey().equals(BedrockSpec.EPOCHS)) {
                throw file.wrong(
                        below,
                        one.getKey(),
                        "a name such as learningRate; epochCount is set by the word `epochs` of a pipeline file");
            }
            DeclaredOption option = DeclaredOption.of(file, below + ": " + one.getKey(), one.getValue());
            if (option.standard() != null) {
                throw file.problem("%s: %s: has a `default`, but Bedrock has its own; leave it out"
                        .formatted(below, one.getKey()));
            }
            hyperparameters.put(one.getKey(), option);
        });
        Double price = file.number(json, at, "price");
        if (price != null && !(price >= 0 && Double.isFinite(price))) {
            throw file.wrong(at, "price", "the price of a million trained tokens, such as 1.00");
        }
        return new Model(
                rows == null || rows.equals("conversation") ? Rows.CONVERSATION : Rows.COMPLETION,
                hyperparameters,
                price,
                baseline);
    }

    private static String required(OperatorFile file, JsonNode json, String name, String pattern, String expected) {
        String text = file.text(json, NAME, name);
        if (text == null || !text.matches(pattern)) {
            throw file.wrong(NAME, name, expected);
        }
        return text;
    }

    private static S3Address bucket(OperatorFile file, JsonNode json) {
        String prefix = file.text(json, NAME, "prefix");
        try {
            return S3Address.of(
                    "s3://%s/%s".formatted(file.text(json, NAME, "bucket"), prefix == null ? "septet" : prefix));
        } catch (IllegalArgumentException invalid) {
            throw file.wrong(NAME, "bucket", "the name of a bucket, and `prefix:` with the beginning of its keys");
        }
    }

    private static URI amazon(String service, String region) {
        return URI.create(
                "https://%s.%s.amazonaws.com%s".formatted(service, region, region.startsWith("cn-") ? ".cn" : ""));
    }

    /** Requests have rows of datasets, so they must not travel in plain text. */
    private static Optional<URI> url(OperatorFile file, JsonNode json, String name) {
        String text = file.text(json, NAME, name);
        if (text == null) {
            return Optional.empty();
        }
        if (!text.matches("https://[^/?#@\\s]+/?|http://(127\\.0\\.0\\.1|localhost)(:[0-9]{1,5})?/?")) {
            throw file.wrong(NAME, name, "an address that begins with https://");
        }
        return Optional.of(URI.create(text.replaceFirst("/$", "")));
    }

    /**
     * The model that answers as a base model does. Jobs name some base models with a context length, such as {@code
     * amazon.nova-micro-v1:0:128k}, which Converse does not take.
     */
    public String baseline(String model) {
        Model declared = models.get(model);
        String baseline = declared == null ? null : declared.baseline();
        return baseline == null ? model.replaceFirst("(?<=:[0-9]{1,3}):[0-9]+k$", "") : baseline;
    }

    /** The API that trains and deploys. */
    public ModelEndpoint trains() {
        return at(endpoint);
    }

    /** The API that answers. */
    public ModelEndpoint answers() {
        return at(runtimeEndpoint);
    }

    private ModelEndpoint at(URI url) {
        Map<String, Double> prices = new TreeMap<>();
        models.forEach((name, model) -> {
            if (model.price() != null) {
                prices.put(name, model.price());
            }
        });
        return new ModelEndpoint(
                NAME, url, null, List.copyOf(models.keySet()), prices, currency, null, false, region, Map.of());
    }

    /** A client of the bucket, which the caller closes. */
    public S3Client s3(Map<String, String> environment) {
        return S3Connection.amazon(environment, region, s3Endpoint);
    }
}
