package dev.septet.activities.train.sagemaker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.endpoint.AwsSignature;
import dev.septet.activities.store.bucket.CredentialChain;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/**
 * Requests to the SageMaker API by its JSON protocol, signed by the AWS SDK. The SDK's own module for SageMaker is large,
 * and Septet needs three actions.
 *
 * @param environment where the credentials are
 * @param cleaner removes from a sentence of the service what looks like a secret
 * @see <a href="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html">CreateTrainingJob</a>
 */
record SageMakerClient(String region, URI endpoint, Map<String, String> environment, UnaryOperator<String> cleaner) {

    private static final String SERVICE = "sagemaker";
    private static final String NONE = "NoCredentials";
    private static final int TRIES = 5;
    private static final Duration FIRST_WAIT = Duration.ofMillis(200);
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration READ = Duration.ofSeconds(30);
    private static final int LONGEST_ANSWER = 4 << 20;

    /** Codes of credentials that may be renewed while a job trains. */
    private static final Set<String> EXPIRED =
            Set.of("ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidSignatureException");

    /** An answer that is no success. */
    static final class Failure extends IOException {
        private final String action;
        private final int status;
        private final String code;
        private final String text;

        /**
         * @param status HTTP status; 0 = no answer
         * @param code error code of the service; empty = none
         */
        Failure(String action, int status, String code, String text) {
            super(String.format(Locale.ROOT, "%s: %d %s", action, status, code));
            this.action = action;
            this.status = status;
            this.code = code;
            this.text = text;
        }

        /** Whether a later request may succeed, though this one did not by repetition. */
        boolean away() {
            return transientError() || EXPIRED.contains(code);
        }

        private boolean transientError() {
            return (status == 0 && !code.equals(NONE))
                    || status >= HttpURLConnection.HTTP_INTERNAL_ERROR
                    || status == 429
                    || code.startsWith("Throttling")
                    || code.equals("RequestTimeout");
        }

        /** Whether there is no job of this name. */
        private boolean missing() {
            return code.equals("ResourceNotFound")
                    || (code.equals("ValidationException") && text.contains("not found"));
        }

        /** Whether a job of this name exists already. */
        boolean exists() {
            return code.equals("ResourceInUse")
                    || (code.equals("ValidationException") && text.contains("already exists"));
        }

        /** Whether the job is over already, so that it cannot be stopped. */
        private boolean over() {
            return missing() || code.equals("ValidationException");
        }

        boolean denied() {
            return code.equals("AccessDeniedException")
                    || code.equals("UnrecognizedClientException")
                    || code.equals(NONE);
        }

        /** For people. */
        String why() {
            if (code.equals(NONE)) {
                return text;
            } else if (EXPIRED.contains(code)) {
                return "AWS does not accept the credentials of this worker (%s); renew them, and check the machine's clock"
                        .formatted(code);
            } else if (code.equals("UnrecognizedClientException")) {
                return "AWS does not know the credentials of this worker; check AWS_ACCESS_KEY_ID";
            } else if (code.equals("AccessDeniedException")) {
                return said("AWS does not allow sagemaker:%s (%s)".formatted(action, code))
                        + "; compare the worker's policy with the page trainers.md";
            } else if (status == 0) {
                return said("SageMaker cannot be reached for %s".formatted(action));
            }
            return said(String.format(Locale.ROOT, "SageMaker answers %d %s to %s", status, code, action));
        }

        private String said(String what) {
            return text.isBlank() ? what : what + ": " + text;
        }
    }

    /**
     * Creates a training job. A request whose answer was lost may have created it.
     *
     * @throws Failure also when there is a job of this name
     */
    void create(ObjectNode job) throws IOException {
        send("CreateTrainingJob", job);
    }

    /** What the service reports about a training job; empty when there is none of this name. */
    Optional<JsonNode> described(String name) throws IOException {
        try {
            return Optional.of(send("DescribeTrainingJob", named(name)));
        } catch (Failure e) {
            if (e.missing()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Begins to stop a training job, unless it is over. */
    void stop(String name) throws IOException {
        try {
            send("StopTrainingJob", named(name));
        } catch (Failure e) {
            if (!e.over()) {
                throw e;
            }
        }
    }

    private static ObjectNode named(String name) {
        return SpecJson.mapper().createObjectNode().put("TrainingJobName", name);
    }

    /**
     * Sends a request. It is repeated a few times while the service is overloaded, so an action must have the same
     * effect when it is sent twice.
     */
    private JsonNode send(String action, ObjectNode body) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                return once(action, SpecJson.mapper().writeValueAsBytes(body));
            } catch (Failure failure) {
                if (tries == TRIES || !failure.transientError()) {
                    throw failure;
                }
            }
            pause(FIRST_WAIT.toMillis() << (tries - 1));
        }
    }

    private static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis / 2 + ThreadLocalRandom.current().nextLong(millis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for SageMaker", e);
        }
    }

    private JsonNode once(String action, byte[] body) throws IOException {
        SignedRequest signed = signed(action, body);
        try (SdkHttpClient http = UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT)
                .socketTimeout(READ)
                .build()) {
            HttpExecuteResponse response = http.prepareRequest(HttpExecuteRequest.builder()
                            .request(signed.request())
                            .contentStreamProvider(signed.payload().orElse(null))
                            .build())
                    .call();
            byte[] answer = new byte[0];
            if (response.responseBody().isPresent()) {
                try (InputStream in = response.responseBody().get()) {
                    answer = in.readNBytes(LONGEST_ANSWER);
                }
            }
            int status = response.httpResponse().statusCode();
            JsonNode json = json(answer);
            if (response.httpResponse().isSuccessful() && json != null) {
                return json;
            }
            throw refused(action, status, json);
        } catch (Failure failure) {
            throw failure;
        } catch (IOException unreachable) {
            throw new Failure(
                    action, 0, "", "%s %s".formatted(unreachable.getClass().getSimpleName(), unreachable.getMessage()));
        }
    }

    private SignedRequest signed(String action, byte[] body) throws Failure {
        SdkHttpRequest request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(endpoint.resolve("/"))
                .putHeader("Content-Type", "application/x-amz-json-1.1")
                .putHeader("Content-Length", Integer.toString(body.length))
                .putHeader("X-Amz-Target", "SageMaker." + action)
                .putHeader("User-Agent", "septet")
                .build();
        try {
            return new AwsSignature(SERVICE, region, environment).signed(request, body);
        } catch (CredentialChain.MissingException none) {
            throw new Failure(action, 0, none.away() ? "" : NONE, String.valueOf(none.getMessage()));
        }
    }

    private static @Nullable JsonNode json(byte[] answer) throws IOException {
        if (answer.length == 0) {
            return SpecJson.mapper().createObjectNode();
        }
        try {
            return SpecJson.mapper().readTree(answer);
        } catch (JsonProcessingException proxy) {
            return null;
        }
    }

    private Failure refused(String action, int status, @Nullable JsonNode json) {
        if (json == null) {
            return new Failure(action, status < 400 ? 0 : status, "", "the answer is not JSON; is a proxy in between?");
        }
        String type = json.path("__type").asText();
        String message = json.has("message")
                ? json.path("message").asText()
                : json.path("Message").asText();
        return new Failure(action, status, type.substring(type.lastIndexOf('#') + 1), cleaner.apply(message));
    }
}
