package dev.septet.activities.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.HttpURLConnection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an API of Amazon says about a request that it refuses.
 *
 * @param code such as {@code ValidationException}; empty = none
 */
record AwsError(String code, String message) {
    /** Where the code is. */
    static final String HEADER = "x-amzn-ErrorType";

    /** The account may have no more of something. */
    static final String QUOTA = "ServiceQuotaExceededException";

    /** There is no such thing; its status is not 404 everywhere. */
    static final String MISSING = "ResourceNotFoundException";

    /** Too many requests; its status is not 429 everywhere. */
    static final String THROTTLED = "ThrottlingException";

    private static final Set<String> EXPIRED =
            Set.of("ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidSignatureException");
    private static final String CODE = "[A-Za-z]{1,80}";

    /**
     * Reads it.
     *
     * @param header {@code NAME:ADDRESS} or a name; empty = the body has it
     * @param body null = it is not JSON
     */
    static AwsError of(String header, @Nullable JsonNode body) {
        String type = body == null ? "" : body.path("__type").asText("");
        String code = header.isBlank() ? type.substring(type.lastIndexOf('#') + 1) : header.split(":", 2)[0].strip();
        String message = body == null
                ? ""
                : body.path("message").asText(body.path("Message").asText(""));
        return new AwsError(code.matches(CODE) ? code : "", message);
    }

    /** What to do about it, after a message. */
    String hint(int status) {
        if (EXPIRED.contains(code)) {
            return "; renew the credentials of this worker, and check the machine's clock";
        } else if (code.equals("UnrecognizedClientException")) {
            return "; AWS does not know the credentials of this worker: check AWS_ACCESS_KEY_ID";
        } else if (code.equals("AccessDeniedException")) {
            return "; compare the worker's policy with the page bedrock.md";
        } else if (code.equals(QUOTA)) {
            return "; wait, or ask AWS for a higher quota";
        }
        return status == HttpURLConnection.HTTP_FORBIDDEN ? "; check the credentials of this worker" : "";
    }
}
