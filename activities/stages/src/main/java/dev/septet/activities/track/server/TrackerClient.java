package dev.septet.activities.track.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.LimitedBody;
import dev.septet.activities.secret.MaskedText;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.StrictJson;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a tracker's server. Redirects are not followed, because another host must not receive the key. Answers have
 * a time limit and a limited size.
 */
public final class TrackerClient {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int MOST_BYTES = 16 << 20;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int REDIRECTS = 300;
    private static final Set<Integer> DENIED =
            Set.of(HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_FORBIDDEN);

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private final DeclaredTracker tracker;
    private final @Nullable String authorization;

    TrackerClient(DeclaredTracker tracker, @Nullable String authorization) {
        this.tracker = tracker;
        this.authorization = authorization;
    }

    /** The server did not do what was asked. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final String code;

        Refused(int status, String code, String message) {
            super(message);
            this.status = status;
            this.code = code;
        }

        /** HTTP status. */
        public int status() {
            return status;
        }

        /** Code of the error in the answer, such as {@code RESOURCE_DOES_NOT_EXIST}; empty = none. */
        public String code() {
            return code;
        }

        /** The same as a problem of the run: a refusal stays one, a missing right belongs to the operator. */
        public StageProblem problem() {
            return new StageProblem(
                    DENIED.contains(status) ? FailureType.POLICY_DENIED : FailureType.INVALID_PIPELINE,
                    String.valueOf(getMessage()));
        }
    }

    /** The server. */
    public DeclaredTracker tracker() {
        return tracker;
    }

    /**
     * Asks for something.
     *
     * @param path below the address, with its query
     * @throws Refused when the server refuses it
     * @throws StageProblem BACKEND_FAILED when another try may help
     */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return json(path, send("GET", path, null, "application/json"));
    }

    /** Sends JSON. */
    public JsonNode post(String path, Object body) throws IOException, InterruptedException {
        return json(path, send("POST", path, SpecJson.mapper().writeValueAsBytes(body), "application/json"));
    }

    /** Sends JSON for an answer that is not read. */
    public void order(String path, byte[] body) throws IOException, InterruptedException {
        var unused = send("POST", path, body, "application/json");
    }

    /** Deletes what a JSON text names. */
    public void delete(String path, Object body) throws IOException, InterruptedException {
        var unused = send("DELETE", path, SpecJson.mapper().writeValueAsBytes(body), "application/json");
    }

    /** Stores a file. */
    public void put(String path, byte[] body) throws IOException, InterruptedException {
        var unused = send("PUT", path, body, "application/octet-stream");
    }

    /**
     * Checks that the server answers, and that it accepts the key.
     *
     * @throws StageProblem when it does not
     */
    public void check() throws InterruptedException {
        try {
            var unused = send("GET", tracker.type().probe(), null, "application/json");
        } catch (Refused refused) {
            if (tracker.type() == DeclaredTracker.Type.MLFLOW || DENIED.contains(refused.status())) {
                throw refused.problem();
            }
        }
    }

    private byte[] send(String method, String path, byte @Nullable [] body, String type) throws InterruptedException {
        requireNoLinkLocal();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(tracker.url() + path))
                .timeout(ANSWER)
                .header("User-Agent", "septet")
                .header("Content-Type", type)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        var answer = HTTP.sendAsync(request.build(), info -> new LimitedBody(MOST_BYTES));
        HttpResponse<byte[]> response;
        try {
            response = answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            answer.cancel(true);
            throw stopped;
        } catch (TimeoutException late) {
            answer.cancel(true);
            throw away(String.format(Locale.ROOT, "no answer within %d seconds", ANSWER.toSeconds()));
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            throw away(
                    cause == null
                            ? "no answer"
                            : MaskedText.line(cause.getClass().getSimpleName()
                                    + (cause.getMessage() == null ? "" : " " + cause.getMessage())));
        }
        int status = response.statusCode();
        if (status >= HttpURLConnection.HTTP_OK && status < REDIRECTS) {
            return response.body();
        }
        throw refused(method, path, status, response.body());
    }

    private StageProblem away(String why) {
        return later("tracker '%s' cannot be reached: %s".formatted(tracker.name(), why));
    }

    /** Another try may help. */
    private static StageProblem later(String what) {
        return new StageProblem(FailureType.BACKEND_FAILED, what);
    }

    /** A link-local address is that of a cloud's metadata, whatever the operator's name for it resolves to. */
    private void requireNoLinkLocal() {
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(tracker.url().getHost().replaceAll("[\\[\\]]", ""));
        } catch (UnknownHostException unknown) {
            throw away("its host name cannot be resolved");
        }
        if (Arrays.stream(addresses).anyMatch(InetAddress::isLinkLocalAddress)) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "tracker '%s' has a link-local address, which no tracker has".formatted(tracker.name()));
        }
    }

    private RuntimeException refused(String method, String path, int status, byte[] body) {
        JsonNode error = parsed(body);
        String code = error.path("error_code").asText("");
        int query = path.indexOf('?');
        String what = String.format(
                Locale.ROOT,
                "tracker '%s' answers %d%s to %s %s%s%s",
                tracker.name(),
                status,
                code.isEmpty() ? "" : " " + MaskedText.line(code),
                method,
                query < 0 ? path : path.substring(0, query),
                error.path("message").isTextual()
                        ? ": "
                                + MaskedText.lineWithoutQuotes(
                                        error.path("message").asText())
                        : "",
                hint(status));
        if (status >= HttpURLConnection.HTTP_INTERNAL_ERROR
                || status == TOO_MANY_REQUESTS
                || status == HttpURLConnection.HTTP_CLIENT_TIMEOUT) {
            return later(what);
        }
        return new Refused(status, code, what);
    }

    private String hint(int status) {
        if (DENIED.contains(status)) {
            return tracker.variables().isEmpty()
                    ? "; it has no `key:` and no `user:` in the operator's file"
                    : "; check the secret in %s of the worker"
                            .formatted(tracker.variables().get(0));
        }
        return status >= REDIRECTS && status < HttpURLConnection.HTTP_BAD_REQUEST
                ? "; redirects are not followed: write the address to which it redirects into `url:`"
                : "";
    }

    private JsonNode json(String path, byte[] answer) {
        JsonNode json = parsed(answer);
        if (!json.isObject()) {
            throw later("tracker '%s' answers %s without JSON; is `url:` right, or is a proxy in between?"
                    .formatted(tracker.name(), path.replaceAll("\\?.*", "")));
        }
        return json;
    }

    private static JsonNode parsed(byte[] answer) {
        try {
            JsonNode json = StrictJson.MAPPER.readTree(answer);
            return json == null ? MissingNode.getInstance() : json;
        } catch (IOException notJson) {
            return MissingNode.getInstance();
        }
    }
}
