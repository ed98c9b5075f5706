package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A prefix in an S3 bucket. The access keys come from the worker's environment, never from the file.
 *
 * @param uri {@code s3://bucket} or {@code s3://bucket/prefix}
 * @param endpoint URL of an S3-compatible server; null = AWS
 * @param region null = the region in the worker's environment
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record S3Spec(
        String uri, @Nullable String endpoint, @Nullable String region) implements TargetSpec {
    public S3Spec {
        require(
                uri.matches("s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._=-]+)*/?"),
                "s3 takes an address such as s3://bucket/prefix, got '%s'",
                uri);
        require(
                endpoint == null || endpoint.matches("https?://[A-Za-z0-9.:\\[\\]-]+/?"),
                "endpoint: is a URL such as https://s3.example.com, got '%s'",
                endpoint);
        require(
                region == null || region.matches("[a-z0-9-]{1,32}"),
                "region: is a name such as eu-central-1, got '%s'",
                region);
    }

    @Override
    public String place() {
        return (endpoint == null ? "" : endpoint + " ") + uri;
    }
}
