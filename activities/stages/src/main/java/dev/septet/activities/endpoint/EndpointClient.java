package dev.septet.activities.endpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.secret.MaskedText;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a service with OpenAI's API, or to Amazon Bedrock: JSON over HTTP, with a time limit and a limited answer.
 * It follows no redirect, because another host must not receive the key.
 */
public final class EndpointClient {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration UPLOAD = Duration.ofMinutes(30);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);
    private static final int MOST_BYTES = 16 << 20;
    private static final int MOST_ERROR_BYTES = 64 << 10;
    private static final int TRIES = 3;
    private static final long FIRST_WAIT_MILLIS = 300;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNPROCESSABLE = 422;
    private static final int REDIRECTS = 300;
    private static final byte[] NOTHING = {};

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private final ModelEndpoint endpoint;
    private final @Nullable String key;
    private final @Nullable AwsSignature signature;

    /**
     * @param environment of the worker, with the key of the service
     */
    public EndpointClient(ModelEndpoint endpoint, Map<String, String> environment) {
        this.endpoint = endpoint;
        String found = endpoint.key() == null ? null : environment.get(endpoint.key());
        this.key = found == null ? null : found.strip();
        this.signature = endpoint.region() == null
                ? null
                : new AwsSignature(AwsSignature.BEDROCK, endpoint.region(), environment);
    }

    /** A request that had no success. */
    public static final class Failure extends IOException {
        private static final long serialVersionUID = 1L;

        /** A request that was not sent, because the worker has no key for it. */
        private static final String NO_KEY = "no_key";

        /** A request that was not sent, because the source of the key does not answer. */
        private static final String UNSENT = "unsent";

        /** An answer that is not one of the service's API. */
        static final String UNREADABLE = "unreadable";

        private static final Set<String> QUOTA =
                Set.of("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", AwsError.QUOTA);

        /** Too many requests. Some services answer 400 with these. */
        private static final Set<String> BUSY = Set.of(
                AwsError.THROTTLED,
                "TooManyRequestsException",
                "rate_limit_exceeded",
                "rate_limit_error",
                "overloaded_error");

        private static final Set<String> NOT_FOUND = Set.of(AwsError.MISSING, "model_not_found", "DeploymentNotFound");

        /** The texts of a request are the reason, so it will be refused again. */
        private static final Set<String> CONTENT = Set.of(
                "content_filter",
                "content_policy_violation",
                "moderation_blocked",
                "invalid_prompt",
                "context_length_exceeded",
                "string_above_max_length");

        /** Those for the length of the texts. */
        private static final Set<String> LENGTH = Set.of("context_length_exceeded", "string_above_max_length");

        private final int status;
        private final String code;
        private final @Nullable Duration retryAfter;
        private final String why;

        Failure(int status, String code, @Nullable Duration retryAfter, String why) {
            super(why);
            this.status = status;
            this.code = code;
            this.retryAfter = retryAfter;
            this.why = why;
        }

        /** A request that was not sent, because the worker has no key for it. */
        static Failure withoutKey(String why) {
            return new Failure(0, NO_KEY, null, why);
        }

        /** A request that was not sent, because the source of the key does not answer. A later one may be sent. */
        static Failure unsent(String why) {
            return new Failure(0, UNSENT, null, why);
        }

        /** A list of the service ended before its last element. */
        public static Failure incomplete(ModelEndpoint endpoint, String what) {
            return new Failure(
                    HttpURLConnection.HTTP_BAD_GATEWAY, "", null, "endpoint %s %s".formatted(endpoint.name(), what));
        }

        /** A request whose texts are longer than the model's context. */
        public static Failure tooLong(ModelEndpoint endpoint) {
            return new Failure(
                    HttpURLConnection.HTTP_BAD_REQUEST,
                    "context_length_exceeded",
                    null,
                    "endpoint %s has no room for the texts".formatted(endpoint.name()));
        }

        /** HTTP status; 0 = no answer. */
        public int status() {
            return status;
        }

        /** Error code of the service, such as {@code model_not_found}; empty = none. */
        public String code() {
            return code;
        }

        /** How long the service asks to wait; null = it does not say. */
        public @Nullable Duration retryAfter() {
            return retryAfter;
        }

        /** Whether a later request may succeed: no answer, 408, 409, 429 or 5xx. */
        public boolean away() {
            return (status == 0 && !code.equals(NO_KEY))
                    || status == HttpURLConnection.HTTP_CLIENT_TIMEOUT
                    || status == HttpURLConnection.HTTP_CONFLICT
                    || (status == TOO_MANY_REQUESTS && !quota())
                    || BUSY.contains(code)
                    || status >= HttpURLConnection.HTTP_INTERNAL_ERROR;
        }

        /** Whether the account has no money or quota left, which waiting does not change. */
        public boolean quota() {
            return QUOTA.contains(code);
        }

        /** Whether the service may have accepted the request although its answer is unknown. */
        public boolean mayHaveArrived() {
            return (status == 0 && !code.equals(NO_KEY) && !code.equals(UNSENT))
                    || accepted()
                    || status == HttpURLConnection.HTTP_CLIENT_TIMEOUT
                    || status >= HttpURLConnection.HTTP_INTERNAL_ERROR;
        }

        /** Whether the service accepted the request, but gave an answer that cannot be read. */
        public boolean accepted() {
            return status >= HttpURLConnection.HTTP_OK && status < REDIRECTS;
        }

        /** Whether another model answered than the one that was asked. */
        public boolean otherModel() {
            return code.equals(AnswerPart.OTHER_MODEL);
        }

        /** Whether something answered that is not an answer of the service's API: too long, not JSON, or without a text. */
        public boolean unreadable() {
            return code.equals(UNREADABLE);
        }

        /** Whether the service does not accept the key, or the key may not do this. */
        public boolean denied() {
            return code.equals(NO_KEY)
                    || code.equals("invalid_api_key")
                    || status == HttpURLConnection.HTTP_UNAUTHORIZED
                    || status == HttpURLConnection.HTTP_FORBIDDEN;
        }

        /** Whether the service does not know what the request names. */
        public boolean missing() {
            return status == HttpURLConnection.HTTP_NOT_FOUND || NOT_FOUND.contains(code);
        }

        /**
         * Whether the service does not accept this request: 400 or 422, with a code that names no other reason. The code may
         * be too general to know why, such as {@code ValidationException}.
         */
        public boolean refused() {
            return (status == HttpURLConnection.HTTP_BAD_REQUEST || status == UNPROCESSABLE)
                    && !away()
                    && !quota()
                    && !denied()
                    && !missing();
        }

        /** Whether the service says that it refused the request for its texts. */
        public boolean refusedForContent() {
            return refused() && CONTENT.contains(code);
        }

        /** Whether the service says that the texts of the request are too long for the model. */
        public boolean refusedForLength() {
            return refused() && LENGTH.contains(code);
        }

        /** For people, without secrets. */
        public String why() {
            return why;
        }
    }

    /** The endpoint. */
    public ModelEndpoint endpoint() {
        return endpoint;
    }

    /**
     * Asks for something. It is repeated a few times while the service is overloaded.
     *
     * @param path below the base address, such as {@code fine_tuning/jobs?limit=100}
     */
    public JsonNode get(String path) throws Failure {
        return repeated("GET", path);
    }

    /** Deletes something. It is repeated a few times while the service is overloaded. */
    public JsonNode delete(String path) throws Failure {
        return repeated("DELETE", path);
    }

    /** Sends an order without a body, once. */
    public JsonNode post(String path) throws Failure {
        return json("POST", path, send("POST", path, request("POST", path, NOTHING), NOTHING, ANSWER, MOST_BYTES));
    }

    /** Sends JSON once, because a second request may have a second effect. */
    public JsonNode post(String path, JsonNode body) throws Failure {
        return post(path, body, ANSWER);
    }

    /** Sends JSON once, for an answer that need not be JSON and is not read. */
    public void order(String path, JsonNode body, Duration limit) throws Failure {
        byte[] text = text(body);
        HttpRequest.Builder request = request("POST", path, text).header("Content-Type", "application/json");
        var unused = send("POST", path, request, text, limit, MOST_ERROR_BYTES);
    }

    /**
     * The same with another time limit.
     *
     * @param limit of the whole answer
     */
    public JsonNode post(String path, JsonNode body, Duration limit) throws Failure {
        byte[] text = text(body);
        HttpRequest.Builder request = request("POST", path, text).header("Content-Type", "application/json");
        return json("POST", path, send("POST", path, request, text, limit, MOST_BYTES));
    }

    /**
     * Sends JSON once, for an answer that comes as a stream. It returns before the answer begins.
     *
     * @param limit until the answer begins
     */
    public Pending stream(String path, JsonNode body, Duration limit) throws Failure {
        byte[] text = text(body);
        HttpRequest request = request("POST", path, text)
                .header("Content-Type", "application/json")
                .method("POST", BodyPublishers.ofByteArray(text))
                .timeout(limit)
                .build();
        return new Pending(path, HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream()));
    }

    /** An answer that comes as a stream. Closing it from any thread ends the request. */
    public final class Pending implements AutoCloseable {
        private final String path;
        private final CompletableFuture<HttpResponse<InputStream>> answer;

        private Pending(String path, CompletableFuture<HttpResponse<InputStream>> answer) {
            this.path = path;
            this.answer = answer;
        }

        /** Waits for the beginning of the answer. */
        public InputStream body() throws IOException {
            HttpResponse<InputStream> response;
            try {
                response = answer.get();
            } catch (InterruptedException e) {
                close();
                Thread.currentThread().interrupt();
                throw new Failure(0, "", null, "interrupted while waiting for endpoint " + endpoint.name());
            } catch (CancellationException e) {
                throw new Failure(0, "", null, "the request to endpoint %s was cancelled".formatted(endpoint.name()));
            } catch (ExecutionException e) {
                throw unreachable("POST", path, why(e.getCause()));
            }
            int status = response.statusCode();
            if (status >= HttpURLConnection.HTTP_OK && status < REDIRECTS) {
                return response.body();
            }
            throw refused("POST", path, response, start(response));
        }

        private byte[] start(HttpResponse<InputStream> response) {
            try {
                return response.body().readNBytes(MOST_ERROR_BYTES);
            } catch (IOException lost) {
                return new byte[0];
            }
        }

        @Override
        public void close() {
            answer.cancel(true);
            var unused = answer.thenAccept(response -> {
                try {
                    response.body().close();
                } catch (IOException alreadyLost) {
                    // There is nothing left to end.
                }
            });
        }
    }

    /**
     * The JSON of an answer that began, which has no parts.
     *
     * @param most a longer answer is a failure
     */
    JsonNode json(Pending pending, int most) throws IOException {
        byte[] answer;
        try (InputStream body = pending.body()) {
            answer = body.readNBytes(most + 1);
        } catch (Failure known) {
            throw known;
        } catch (IOException lost) {
            throw unreachable("POST", pending.path, why(lost));
        }
        if (answer.length > most) {
            throw tooLong("POST", pending.path, most);
        }
        return json("POST", pending.path, answer);
    }

    private Failure tooLong(String method, String path, int most) {
        return new Failure(
                HttpURLConnection.HTTP_OK,
                Failure.UNREADABLE,
                null,
                String.format(
                        Locale.ROOT,
                        "endpoint %s answers %s with more than %d MB",
                        endpoint.name(),
                        shown(method, path),
                        most >> 20));
    }

    private static byte[] text(JsonNode body) {
        try {
            return SpecJson.mapper().writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a tree can be written", e);
        }
    }

    /**
     * Uploads a file as {@code multipart/form-data}, once. The file is not read into memory.
     *
     * @param fields other fields of the form, in this order
     * @param name of the file at the service
     */
    public JsonNode upload(String path, Map<String, String> fields, String name, Path file) throws IOException {
        String boundary = String.format(
                Locale.ROOT,
                "septet-%016x%016x",
                ThreadLocalRandom.current().nextLong(),
                ThreadLocalRandom.current().nextLong());
        StringBuilder head = new StringBuilder();
        fields.forEach((field, value) -> head.append(
                "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n".formatted(boundary, field, value)));
        head.append(
                "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\nContent-Type: application/jsonl\r\n\r\n"
                        .formatted(boundary, name));
        BodyPublisher form = BodyPublishers.concat(
                BodyPublishers.ofString(head.toString(), StandardCharsets.UTF_8),
                BodyPublishers.ofFile(file),
                BodyPublishers.ofString("\r\n--%s--\r\n".formatted(boundary), StandardCharsets.UTF_8));
        HttpRequest.Builder request =
                request("POST", path, NOTHING).header("Content-Type", "multipart/form-data; boundary=" + boundary);
        return json("POST", path, send("POST", path, request, form, UPLOAD, MOST_BYTES));
    }

    /**
     * The bytes of a file. It is repeated a few times while the service is overloaded.
     *
     * @param most a longer file is a failure
     */
    public byte[] content(String path, int most) throws Failure {
        return repeated("GET", path, most);
    }

    private JsonNode repeated(String method, String path) throws Failure {
        return json(method, path, repeated(method, path, MOST_BYTES));
    }

    private byte[] repeated(String method, String path, int most) throws Failure {
        for (int tries = 1; ; tries++) {
            Duration wait = Duration.ofMillis(FIRST_WAIT_MILLIS << (tries - 1));
            try {
                return send(method, path, request(method, path, NOTHING), NOTHING, ANSWER, most);
            } catch (Failure failure) {
                Duration asked = failure.retryAfter();
                if (tries == TRIES || !failure.away() || (asked != null && asked.compareTo(LONGEST_WAIT) > 0)) {
                    throw failure;
                }
                wait = asked == null ? wait : asked;
            }
            pause(wait);
        }
    }

    private void pause(Duration wait) throws Failure {
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(0, "", null, "interrupted while waiting for endpoint " + endpoint.name());
        }
    }

    private HttpRequest.Builder request(String method, String path, byte[] body) throws Failure {
        URI uri = endpoint.resolve(path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("User-Agent", "septet");
        if (signature != null) {
            signature.headers(method, uri, body).forEach(request::header);
            return request;
        } else if (endpoint.key() == null) {
            return request;
        } else if (key == null || key.isEmpty() || key.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw Failure.withoutKey(
                    "this worker has no usable API key for endpoint %s; set %s in its environment and start it again"
                            .formatted(endpoint.name(), endpoint.key()));
        }
        return endpoint.isAzure() ? request.header("api-key", key) : request.header("Authorization", "Bearer " + key);
    }

    private byte[] send(String method, String path, HttpRequest.Builder request, byte[] body, Duration limit, int most)
            throws Failure {
        BodyPublisher publisher = body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
        return send(method, path, request, publisher, limit, most);
    }

    private byte[] send(
            String method, String path, HttpRequest.Builder request, BodyPublisher body, Duration limit, int most)
            throws Failure {
        CompletableFuture<HttpResponse<byte[]>> answer =
                HTTP.sendAsync(request.method(method, body).timeout(limit).build(), status -> new LimitedBody(most));
        HttpResponse<byte[]> response;
        try {
            response = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new Failure(0, "", null, "interrupted while waiting for endpoint " + endpoint.name());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw unreachable(
                    method, path, String.format(Locale.ROOT, "no answer within %d seconds", limit.toSeconds()));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof LimitedBody.TooLongException) {
                throw tooLong(method, path, most);
            }
            throw unreachable(method, path, why(cause));
        }
        int status = response.statusCode();
        if (status >= HttpURLConnection.HTTP_OK && status < REDIRECTS) {
            return response.body();
        }
        throw refused(method, path, response, response.body());
    }

    private static String why(@Nullable Throwable cause) {
        return cause == null
                ? ""
                : cause instanceof InterruptedIOException
                        ? "no answer"
                        : cause.getClass().getSimpleName() + " " + cause.getMessage();
    }

    private Failure unreachable(String method, String path, String why) {
        return new Failure(
                0,
                "",
                null,
                "endpoint %s cannot be reached for %s: %s"
                        .formatted(endpoint.name(), shown(method, path), cleaned(why)));
    }

    private Failure refused(String method, String path, HttpResponse<?> response, byte[] body) {
        int status = response.statusCode();
        JsonNode error = parsed(body);
        if (signature != null) {
            AwsError aws =
                    AwsError.of(response.headers().firstValue(AwsError.HEADER).orElse(""), error);
            return new Failure(
                    status,
                    aws.code(),
                    retryAfter(response),
                    String.format(
                            Locale.ROOT,
                            "endpoint %s answers %d%s to %s%s%s",
                            endpoint.name(),
                            status,
                            aws.code().isEmpty() ? "" : " " + aws.code(),
                            shown(method, path),
                            aws.message().isBlank() ? "" : ": " + cleaned(aws.message()),
                            aws.hint(status)));
        }
        JsonNode detail = error == null ? null : error.path("error");
        String code = detail == null ? "" : text(detail.path("code"), text(detail.path("type"), ""));
        String message = detail == null ? "" : text(detail.path("message"), detail.isTextual() ? detail.asText() : "");
        String what = String.format(
                Locale.ROOT,
                "endpoint %s answers %d%s to %s%s",
                endpoint.name(),
                status,
                code.isEmpty() ? "" : " " + cleaned(code),
                shown(method, path),
                message.isBlank() ? "" : ": " + cleaned(message));
        if (status == HttpURLConnection.HTTP_UNAUTHORIZED || status == HttpURLConnection.HTTP_FORBIDDEN) {
            what += endpoint.key() == null
                    ? "; the endpoint has no `key:` in the operator's file"
                    : "; check the key in %s of the worker".formatted(endpoint.key());
        } else if (status >= REDIRECTS && status < HttpURLConnection.HTTP_BAD_REQUEST) {
            what += "; write the address to which it redirects into `url:`";
        }
        return new Failure(status, code, retryAfter(response), what);
    }

    private static String text(JsonNode json, String otherwise) {
        return json.isTextual() ? json.asText() : otherwise;
    }

    private static @Nullable Duration retryAfter(HttpResponse<?> response) {
        String value = response.headers().firstValue("Retry-After").orElse("").strip();
        Duration wait = null;
        if (value.matches("[0-9]{1,9}")) {
            wait = Duration.ofSeconds(Long.parseLong(value));
        } else if (!value.isEmpty()) {
            try {
                wait = Duration.between(Instant.now(), Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value)));
            } catch (DateTimeException notOne) {
                return null;
            }
        }
        return wait == null || wait.isNegative()
                ? null
                : wait.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : wait;
    }

    private JsonNode json(String method, String path, byte[] answer) throws Failure {
        JsonNode json = parsed(answer);
        if (json == null || !json.isObject()) {
            throw new Failure(
                    HttpURLConnection.HTTP_BAD_GATEWAY,
                    Failure.UNREADABLE,
                    null,
                    "endpoint %s answers %s without JSON; is `url:` right, or is a proxy in between?"
                            .formatted(endpoint.name(), shown(method, path)));
        }
        return json;
    }

    private static @Nullable JsonNode parsed(byte[] answer) {
        try {
            return StrictJson.MAPPER.readTree(answer);
        } catch (IOException notJson) {
            return null;
        }
    }

    /** Ids of others do not belong into a message of one line. */
    private static String shown(String method, String path) {
        int query = path.indexOf('?');
        return "%s /%s".formatted(method, query < 0 ? path : path.substring(0, query));
    }

    private String cleaned(String message) {
        return MaskedText.lineWithoutQuotes(key == null || key.isEmpty() ? message : message.replace(key, "[SECRET]"));
    }
}
