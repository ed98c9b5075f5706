package dev.septet.activities.endpoint;

import dev.septet.activities.store.bucket.CredentialChain;
import dev.septet.activities.store.bucket.S3Connection;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;

/**
 * Signs requests to a service of AWS with the signer of the AWS SDK. Each request reads the credentials again, so that
 * renewed ones count at once.
 *
 * @param service signing name of the service
 * @param environment where the credentials are
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html">Signature Version 4</a>
 */
public record AwsSignature(String service, String region, Map<String, String> environment) {
    /** Signing name of both APIs of Bedrock. */
    static final String BEDROCK = "bedrock";

    /** The client of the JDK sets these itself. */
    private static final Set<String> OWN = Set.of("host", "content-length");

    /**
     * The headers that a request needs.
     *
     * @param body empty = none
     * @throws EndpointClient.Failure when there are no credentials
     */
    Map<String, String> headers(String method, URI uri, byte[] body) throws EndpointClient.Failure {
        SdkHttpRequest request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.fromValue(method))
                .uri(uri)
                .build();
        Map<String, String> headers = new TreeMap<>();
        SignedRequest signed;
        try {
            signed = signed(request, body);
        } catch (CredentialChain.MissingException none) {
            String why = String.valueOf(none.getMessage());
            throw none.away() ? EndpointClient.Failure.unsent(why) : EndpointClient.Failure.withoutKey(why);
        }
        signed.request().forEachHeader((name, values) -> {
            if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                headers.put(name, String.join(",", values));
            }
        });
        return headers;
    }

    /**
     * The signed request.
     *
     * @param body empty = none
     * @throws CredentialChain.MissingException when there are no credentials
     */
    public SignedRequest signed(SdkHttpRequest request, byte[] body) throws CredentialChain.MissingException {
        AwsCredentials credentials = S3Connection.credentials(environment);
        return AwsV4HttpSigner.create()
                .sign(sign -> sign.identity(credentials)
                        .request(request)
                        .payload(ContentStreamProvider.fromByteArray(body))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region));
    }
}
