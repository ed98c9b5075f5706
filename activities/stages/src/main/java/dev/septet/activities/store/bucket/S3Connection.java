package dev.septet.activities.store.bucket;

import dev.septet.settings.Setting;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * Connects to an object store with the environment variables of other tools: {@code
 * AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY}, {@code AWS_SESSION_TOKEN}, {@code AWS_REGION}
 * and, for servers other than Amazon's, {@code AWS_ENDPOINT_URL}. Without an access key, the SDK's
 * credential chain is used (profiles, instance roles).
 */
public final class S3Connection {
    private static final int ATTEMPTS = 5;
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration READ = Duration.ofSeconds(60);

    private S3Connection() {}

    /**
     * A client, which the caller closes. Requests with transient errors are sent up to five times.
     *
     * @throws IllegalArgumentException with a message for users when the endpoint is not a URL
     */
    public static S3Client of(Map<String, String> environment) {
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .socketTimeout(READ))
                .overrideConfiguration(options -> options.retryStrategy(
                        StandardRetryStrategy.builder().maxAttempts(ATTEMPTS).build()))
                .region(Region.of(region(environment)))
                .credentialsProvider(provider(environment));
        String endpoint = first(environment, Setting.AWS_ENDPOINT_URL_S3, Setting.AWS_ENDPOINT_URL);
        if (endpoint != null) {
            // Other servers seldom have a host name per bucket.
            builder.endpointOverride(URI.create(endpoint)).forcePathStyle(true);
        }
        return builder.build();
    }

    /**
     * A client of Amazon's S3 in a region, which the caller closes. The endpoint of the artifact store does not apply.
     *
     * @param environment where the credentials are
     * @param endpoint null = Amazon's of the region
     */
    public static S3Client amazon(Map<String, String> environment, String region, @Nullable URI endpoint) {
        Map<String, String> own = new HashMap<>(environment);
        own.remove(Setting.AWS_ENDPOINT_URL_S3.variable());
        own.remove(Setting.AWS_ENDPOINT_URL.variable());
        if (endpoint != null) {
            own.put(Setting.AWS_ENDPOINT_URL.variable(), endpoint.toString());
        }
        own.put(Setting.AWS_REGION.variable(), region);
        return of(own);
    }

    private static String region(Map<String, String> environment) {
        String region = first(environment, Setting.AWS_REGION, Setting.AWS_DEFAULT_REGION);
        return region == null ? Setting.AWS_REGION.standard() : region;
    }

    /** The credentials of these variables, or else those that the SDK finds. */
    static AwsCredentialsProvider provider(Map<String, String> environment) {
        AwsCredentials given = given(environment);
        return given == null ? CredentialChain.PROCESS : StaticCredentialsProvider.create(given);
    }

    /**
     * The credentials at this moment, for a signature.
     *
     * @throws CredentialChain.MissingException when there are none
     */
    public static AwsCredentials credentials(Map<String, String> environment) throws CredentialChain.MissingException {
        AwsCredentials given = given(environment);
        return given == null ? CredentialChain.PROCESS.now() : given;
    }

    private static @Nullable AwsCredentials given(Map<String, String> environment) {
        String key = first(environment, Setting.AWS_ACCESS_KEY_ID);
        String secret = first(environment, Setting.AWS_SECRET_ACCESS_KEY);
        if (key == null || secret == null) {
            return null;
        }
        String token = first(environment, Setting.AWS_SESSION_TOKEN);
        return token == null
                ? AwsBasicCredentials.create(key, secret)
                : AwsSessionCredentials.create(key, secret, token);
    }

    private static @Nullable String first(Map<String, String> environment, Setting... settings) {
        for (Setting setting : settings) {
            String text = setting.text(environment);
            if (!text.isEmpty()) {
                return text;
            }
        }
        return null;
    }
}
