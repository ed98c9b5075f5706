package dev.septet.activities.train.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Connection;
import dev.septet.activities.train.outside.OutsideTrainer;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.activities.train.outside.TrainerPlatform;
import dev.septet.activities.train.outside.TrainerProblems;
import dev.septet.activities.train.outside.TrainerReader;
import dev.septet.dsl.pipeline.backend.SageMakerSpec;
import dev.septet.workflows.train.TrainRequest;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Amazon SageMaker as the operator of the workers declares it, with what a pipeline file may use of it.
 *
 * @param role ARN of the role that the jobs get
 * @param bucket where the workers and the jobs exchange files
 * @param images allowed ones of trainers that declare none
 * @param instances allowed instance types; the first is the default
 * @param maxTime the longest time limit of a job, and the default one
 * @param endpoint of the SageMaker API
 * @param s3Endpoint null = Amazon's of the region
 * @param subnets of the jobs; empty = none
 * @param securityGroups of the jobs; empty = none
 * @param prices of an instance for an hour, by its type
 * @param currency of the prices; null = not declared
 */
public record SageMakerAccount(
        String region,
        String role,
        S3Address bucket,
        List<String> images,
        List<String> instances,
        Duration maxTime,
        URI endpoint,
        @Nullable URI s3Endpoint,
        List<String> subnets,
        List<String> securityGroups,
        Map<String, BigDecimal> prices,
        @Nullable String currency) {
    private static final String AT = "sagemaker";
    private static final String REGION = "[a-z]{2}(-[a-z]+)+-[0-9]";
    private static final String ROLE = "arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+";
    private static final String ID = "[a-z]+-[0-9a-z]+";
    private static final String CURRENCY = "[\\p{L}\\p{Sc}]{1,16}";
    private static final Duration MAX_TIME = Duration.ofHours(24);

    /** SageMaker's own limit, which includes the time in which a job waits for spot capacity. */
    static final Duration LONGEST = Duration.ofDays(28);

    public SageMakerAccount {
        images = List.copyOf(images);
        instances = List.copyOf(instances);
        subnets = List.copyOf(subnets);
        securityGroups = List.copyOf(securityGroups);
        prices = new TreeMap<>(prices);
    }

    /** Reads the section {@code sagemaker:} of the operator's file. */
    public static SageMakerAccount of(OperatorFile reader, JsonNode json) {
        reader.object(
                json,
                AT,
                "region",
                "role",
                "bucket",
                "prefix",
                "images",
                "instances",
                "maxTime",
                "endpoint",
                "s3Endpoint",
                "subnets",
                "securityGroups",
                "prices",
                "currency");
        String region = required(reader, json, "region", REGION, "an AWS region such as eu-west-1");
        List<String> instances = reader.texts(json, AT, "instances", List.of());
        if (instances.isEmpty() || !instances.stream().allMatch(one -> one.matches(SageMakerSpec.INSTANCE_PATTERN))) {
            throw reader.wrong(
                    AT, "instances", "a list of instance types such as [ml.g5.2xlarge]; the first one is the default");
        }
        Duration maxTime = reader.time(json, AT, "maxTime", MAX_TIME);
        if (maxTime.compareTo(LONGEST) > 0) {
            throw reader.wrong(AT, "maxTime", "at most 672h, which is SageMaker's limit");
        }
        List<String> subnets = ids(reader, json, "subnets");
        List<String> groups = ids(reader, json, "securityGroups");
        if (subnets.isEmpty() != groups.isEmpty()) {
            throw reader.wrong(AT, "subnets", "both `subnets:` and `securityGroups:`, or neither");
        }
        URI endpoint = url(reader, json, "endpoint");
        return new SageMakerAccount(
                region,
                required(reader, json, "role", ROLE, "a role such as arn:aws:iam::123456789012:role/septet-trainer"),
                bucket(reader, json),
                TrainerReader.images(reader, json, AT),
                instances,
                maxTime,
                endpoint == null ? standard(region) : endpoint,
                url(reader, json, "s3Endpoint"),
                subnets,
                groups,
                prices(reader, json.path("prices"), instances),
                currency(reader, json));
    }

    private static Map<String, BigDecimal> prices(OperatorFile reader, JsonNode json, List<String> instances) {
        Map<String, BigDecimal> prices = new TreeMap<>();
        reader.object(json, AT + ": prices").properties().forEach(one -> {
            if (!instances.contains(one.getKey())) {
                throw reader.wrong(AT + ": prices", one.getKey(), "an instance type of `instances:`");
            }
            if (!one.getValue().isNumber() || one.getValue().decimalValue().signum() < 0) {
                throw reader.wrong(AT + ": prices", one.getKey(), "the price of an instance for an hour, such as 1.52");
            }
            prices.put(one.getKey(), one.getValue().decimalValue());
        });
        return prices;
    }

    private static @Nullable String currency(OperatorFile reader, JsonNode json) {
        String currency = reader.text(json, AT, "currency");
        if (currency != null && !currency.matches(CURRENCY)) {
            throw reader.wrong(AT, "currency", "at most 16 letters, such as EUR");
        }
        return currency;
    }

    private static URI standard(String region) {
        return URI.create(
                "https://api.sagemaker.%s.amazonaws.com%s".formatted(region, region.startsWith("cn-") ? ".cn" : ""));
    }

    private static S3Address bucket(OperatorFile reader, JsonNode json) {
        String prefix = reader.text(json, AT, "prefix");
        try {
            return S3Address.of(
                    "s3://%s/%s".formatted(reader.text(json, AT, "bucket"), prefix == null ? "septet" : prefix));
        } catch (IllegalArgumentException invalid) {
            throw reader.wrong(AT, "bucket", "the name of a bucket, and `prefix:` with the beginning of its keys");
        }
    }

    private static String required(OperatorFile reader, JsonNode json, String name, String pattern, String expected) {
        String text = reader.text(json, AT, name);
        if (text == null || !text.matches(pattern)) {
            throw reader.wrong(AT, name, expected);
        }
        return text;
    }

    private static List<String> ids(OperatorFile reader, JsonNode json, String name) {
        List<String> ids = reader.texts(json, AT, name, List.of());
        if (!ids.stream().allMatch(one -> one.matches(ID))) {
            throw reader.wrong(AT, name, "a list of ids such as [subnet-0a1b2c3d]");
        }
        return ids;
    }

    /** Requests have signatures but no secrets; the data of S3 must not travel in plain text. */
    private static @Nullable URI url(OperatorFile reader, JsonNode json, String name) {
        String text = reader.text(json, AT, name);
        if (text == null) {
            return null;
        }
        if (!text.matches("https://[^/?#@\\s]+/?|http://(127\\.0\\.0\\.1|localhost)(:[0-9]{1,5})?/?")) {
            throw reader.wrong(AT, name, "an address that begins with https://");
        }
        return URI.create(text.replaceFirst("/$", ""));
    }

    /**
     * What a pipeline requests, with its image, its instance type and its time limit.
     *
     * @throws StageProblem POLICY_DENIED when the operator does not allow it
     */
    public SageMakerSpec allowed(SageMakerSpec requested, OutsideTrainer trainer) {
        Duration time = requested.time();
        if (time != null && time.compareTo(maxTime) > 0) {
            throw TrainerProblems.denied(
                    requested,
                    String.format(
                            Locale.ROOT,
                            "the operator's file allows a time of at most %d minutes (`maxTime:`), but the pipeline file requests %d",
                            maxTime.toMinutes(),
                            time.toMinutes()));
        }
        return new SageMakerSpec(
                requested.command(),
                TrainerProblems.requireAllowed(
                        requested, "image", requested.image(), trainer.images().isEmpty() ? images : trainer.images()),
                TrainerProblems.requireAllowed(requested, "instance", requested.instance(), instances),
                requested.nodes(),
                requested.volumeBytes(),
                time == null ? maxTime : time,
                requested.spot());
    }

    /**
     * The account as the platform of a pipeline's trainer.
     *
     * @param environment where the credentials are
     */
    public TrainerPlatform platform(SageMakerSpec requested, Map<String, String> environment) {
        return new TrainerPlatform() {
            @Override
            public TrainerLauncher launcher(
                    TrainRequest request, TrainerFolder folder, OutsideTrainer trainer, Consumer<String> ending) {
                return new SageMakerJob(
                        new SageMakerRequest(folder, trainer, requested, SageMakerAccount.this), environment);
            }

            @Override
            public boolean sharesRunFolder() {
                return false;
            }
        };
    }

    /** A client of the bucket, which the caller closes. */
    S3Client s3(Map<String, String> environment) {
        return S3Connection.amazon(environment, region, s3Endpoint);
    }
}
