package dev.septet.activities.source.bucket;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.operator.OperatorName;
import dev.septet.activities.store.bucket.S3Connection;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A bucket that the operator lets pipelines read.
 *
 * @param name the operator's name for it
 * @param bucket its name at the service
 * @param region region of the service
 * @param endpoint address of the service; null = Amazon's of the region
 * @param prefixes the beginnings of the keys that may be read; empty = all
 * @param pipelines the pipelines that may read it
 * @param key variable with the access key ID; null = the worker's own AWS credentials
 * @param secret variable with the secret access key; null = the worker's own AWS credentials
 * @param token variable with the session token; null = none
 */
public record DeclaredBucket(
        String name,
        String bucket,
        String region,
        @Nullable URI endpoint,
        List<String> prefixes,
        List<String> pipelines,
        @Nullable String key,
        @Nullable String secret,
        @Nullable String token) {
    private static final String BUCKET = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]";
    private static final String REGION = "[a-z0-9-]{2,32}";

    public DeclaredBucket {
        prefixes = List.copyOf(prefixes);
        pipelines = List.copyOf(pipelines);
    }

    /** Reads one bucket of the section {@code buckets:}. */
    static DeclaredBucket of(OperatorFile file, String at, JsonNode json) {
        file.object(json, at, "bucket", "region", "endpoint", "prefixes", "pipelines", "key", "secret", "token");
        String bucket = file.text(json, at, "bucket");
        if (bucket == null || !bucket.matches(BUCKET)) {
            throw file.wrong(at, "bucket", "the name of the bucket at the service, such as acme-data");
        }
        String region = file.text(json, at, "region");
        if (region == null || !region.matches(REGION)) {
            throw file.wrong(at, "region", "a region such as eu-central-1");
        }
        String endpoint = file.text(json, at, "endpoint");
        String key = OperatorName.variable(file, json, at, "key", "WAREHOUSE_KEY_ID");
        String secret = OperatorName.variable(file, json, at, "secret", "WAREHOUSE_SECRET");
        String token = OperatorName.variable(file, json, at, "token", "WAREHOUSE_TOKEN");
        if ((key == null) != (secret == null) || (token != null && key == null)) {
            throw file.problem(at + ": `key:` and `secret:` belong together; without both, the worker's own AWS"
                    + " credentials are used");
        }
        return new DeclaredBucket(
                at.substring(at.lastIndexOf(' ') + 1),
                bucket,
                region,
                endpoint == null ? null : file.address(at, "endpoint", endpoint, "https://s3.example.com"),
                file.texts(json, at, "prefixes", List.of()),
                OperatorName.pipelines(file, json, at),
                key,
                secret,
                token);
    }

    /** Whether the keys that begin with a text may be read. */
    boolean allows(String beginning) {
        return prefixes.isEmpty() || prefixes.stream().anyMatch(beginning::startsWith);
    }

    /**
     * A client of the service, which the caller closes.
     *
     * @param environment of the worker, with the credentials
     * @throws StageProblem POLICY_DENIED when a declared variable is not set
     */
    S3Client client(Map<String, String> environment) {
        if (key == null || secret == null) {
            return S3Connection.amazon(environment, region, endpoint);
        }
        Map<String, String> own = new HashMap<>();
        own.put(Setting.AWS_ACCESS_KEY_ID.variable(), value(environment, key));
        own.put(Setting.AWS_SECRET_ACCESS_KEY.variable(), value(environment, secret));
        if (token != null) {
            own.put(Setting.AWS_SESSION_TOKEN.variable(), value(environment, token));
        }
        return S3Connection.amazon(own, region, endpoint);
    }

    private String value(Map<String, String> environment, String variable) {
        String value = environment.get(variable);
        if (value == null || value.isBlank()) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "bucket '%s': the worker has no environment variable %s, which the operator's file names; set it and start the worker again"
                            .formatted(name, variable));
        }
        return value;
    }

    /** The service, for messages. */
    String service() {
        return endpoint == null ? "Amazon S3 in " + region : endpoint.toString();
    }
}
