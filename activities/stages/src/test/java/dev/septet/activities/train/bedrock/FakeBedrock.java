package dev.septet.activities.train.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Amazon Bedrock in memory: its jobs, custom models, deployments and Converse. It refuses what the published API does not
 * have. It reads the rows from a bucket and writes metrics there. It can be overloaded, lose requests and answers, and
 * forget or fail jobs.
 *
 * @see <a href="https://docs.aws.amazon.com/bedrock/latest/APIReference/">The published API</a>
 */
public final class FakeBedrock implements AutoCloseable {
    /** Its only base model. */
    public static final String MODEL = "amazon.nova-micro-v1:0:128k";

    /** Converse takes the base model without its context length. */
    public static final String BASELINE = "amazon.nova-micro-v1:0";

    private static final String ROLE = "arn:aws:iam::123456789012:role/septet-bedrock";
    private static final String ARN = "arn:aws:bedrock:us-east-1:123456789012:";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final S3Client s3;
    private final Map<String, ObjectNode> jobs = new LinkedHashMap<>();
    private final Map<String, JsonNode> bodies = new HashMap<>();
    private final Map<String, ObjectNode> deployments = new LinkedHashMap<>();
    private final Map<String, Deque<Trouble>> troubles = new HashMap<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<JsonNode> conversations = Collections.synchronizedList(new ArrayList<>());
    private boolean held;
    private boolean hidden;
    private boolean expired;
    private boolean withoutMetrics;
    private volatile String modelStatus = "Active";
    private volatile BiFunction<String, JsonNode, String> rule = (model, body) -> "ok";
    private volatile String stopReason = "end_turn";

    /** Before or after a request is processed. */
    public interface Hook {
        void on(int request, String what);
    }

    /** Called with the number of each request, from 1: before it is processed, and before its answer. */
    public volatile Hook received = (request, what) -> {};

    public volatile Hook accepted = (request, what) -> {};

    /** No answer: the connection ends. */
    public static final class LostException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** What goes wrong with one request: an error instead, or a loss before or after it is processed. */
    private record Trouble(int status, String code, String message, boolean processed) {}

    /** The API refuses a request. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;
        private final String code;

        RefusedException(int status, String code, String message) {
            super(message);
            this.status = status;
            this.code = code;
        }
    }

    /**
     * Begins at once.
     *
     * @param s3 a client of the bucket
     */
    public FakeBedrock(S3Client s3) throws IOException {
        this.s3 = s3;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Address of both APIs. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** Answers the next requests of a kind, such as {@code POST /model-customization-jobs}, with an error. */
    synchronized void refuse(String what, int times, int status, String code, String message) {
        for (int time = 0; time < times; time++) {
            add(what, new Trouble(status, code, message, false));
        }
    }

    /** Processes the next request of a kind, and loses its answer. */
    synchronized void loseAnswer(String what) {
        add(what, new Trouble(0, "", "", true));
    }

    /** Loses the next request of a kind. */
    synchronized void loseRequest(String what) {
        add(what, new Trouble(0, "", "", false));
    }

    private void add(String what, Trouble trouble) {
        troubles.computeIfAbsent(what, any -> new ArrayDeque<>()).add(trouble);
    }

    /** Jobs keep training until they are released. */
    public synchronized void hold(boolean hold) {
        held = hold;
    }

    /** Jobs are not shown. */
    synchronized void hide(boolean hide) {
        hidden = hide;
    }

    synchronized void expire(boolean credentials) {
        expired = credentials;
    }

    synchronized void withoutMetrics() {
        withoutMetrics = true;
    }

    /**
     * What models are shown as.
     *
     * @param status empty = they are not shown
     */
    void modelStatus(String status) {
        modelStatus = status;
    }

    /** The answer to a conversation. */
    void answers(Function<JsonNode, String> its, String reason) {
        rule = (model, body) -> its.apply(body);
        stopReason = reason;
    }

    /** The answer of a model, by its address, to a conversation. */
    public void answers(BiFunction<String, JsonNode, String> its) {
        rule = its;
    }

    synchronized void fail(String message) {
        last().put("status", "Failed").put("failureMessage", message);
    }

    /** Another account's program made the last job. */
    synchronized void takenByOthers() {
        last().put("clientRequestToken", "another");
    }

    synchronized void stopBySomebody() {
        last().put("status", "Stopped");
    }

    synchronized void forgetJobs() {
        jobs.clear();
    }

    synchronized void deployments(String status) {
        deployments.values().forEach(one -> one.put("status", status).put("failureMessage", "no capacity"));
    }

    private ObjectNode last() {
        return new ArrayList<>(jobs.values()).get(jobs.size() - 1);
    }

    public synchronized String status(String name) {
        return Objects.requireNonNull(jobs.get(name)).path("status").asText();
    }

    /** Names of the jobs. */
    public synchronized List<String> jobNames() {
        return new ArrayList<>(jobs.keySet());
    }

    public synchronized Set<String> deploymentNames() {
        return new TreeSet<>(deployments.keySet());
    }

    /** Bodies of the accepted creations. */
    public synchronized Map<String, JsonNode> created() {
        return new HashMap<>(bodies);
    }

    List<JsonNode> conversations() {
        return new ArrayList<>(conversations);
    }

    /** All requests, such as {@code GET /model-customization-jobs/ID}. */
    List<String> requests() {
        return new ArrayList<>(requests);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            String what = exchange.getRequestMethod() + " "
                    + path.replaceAll("(septet-|arn:)[a-z0-9:/.-]+(?<!/stop)(?<!/converse)", "ID");
            int mine;
            synchronized (requests) {
                requests.add(what);
                mine = requests.size();
            }
            received.on(mine, what);
            Trouble trouble = trouble(what);
            if (trouble != null && !trouble.processed()) {
                if (trouble.status() == 0) {
                    throw new LostException();
                }
                send(exchange, trouble.status(), trouble.code(), error(trouble.message()));
                return;
            }
            String answer;
            int status = 200;
            String code = "";
            try {
                answer = answer(exchange, path, body);
            } catch (RefusedException refused) {
                status = refused.status;
                code = refused.code;
                answer = error(String.valueOf(refused.getMessage()));
            }
            accepted.on(mine, what);
            if (trouble != null) {
                throw new LostException();
            }
            send(exchange, status, code, answer);
        } catch (LostException lost) {
            // the exchange closes without an answer
        }
    }

    private synchronized @Nullable Trouble trouble(String what) {
        Deque<Trouble> next = troubles.get(what);
        return next == null ? null : next.poll();
    }

    private static String error(String message) {
        return SpecJson.mapper().createObjectNode().put("message", message).toString();
    }

    private static void send(HttpExchange exchange, int status, String code, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        if (!code.isEmpty()) {
            exchange.getResponseHeaders().add("x-amzn-ErrorType", code + ":http://internal.amazon.com/coral/");
        }
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private String answer(HttpExchange exchange, String path, byte[] body) throws RefusedException, IOException {
        String given = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        if (!given.matches("AWS4-HMAC-SHA256 Credential=[A-Za-z0-9]+/[0-9]{8}/us-east-1/bedrock/aws4_request, .*")) {
            throw new RefusedException(403, "UnrecognizedClientException", "The security token is invalid");
        }
        JsonNode json = body.length == 0 ? null : SpecJson.mapper().readTree(body);
        synchronized (this) {
            if (expired) {
                throw new RefusedException(403, "ExpiredTokenException", "The security token has expired");
            }
            return answer(exchange.getRequestMethod(), path, json);
        }
    }

    private String answer(String method, String path, @Nullable JsonNode body) throws RefusedException {
        String deployed = "/model-customization/custom-model-deployments";
        String name = path.replaceFirst("^/(model-customization-jobs|custom-models|model)/", "")
                .replaceFirst(deployed + "/", "")
                .replaceFirst("/(stop|converse)$", "");
        if (method.equals("POST") && path.equals("/model-customization-jobs") && body != null) {
            return create(body);
        } else if (method.equals("POST") && path.matches("/model-customization-jobs/[^/]+/stop") && body == null) {
            ObjectNode job = job(name);
            require(job.path("status").asText().equals("InProgress"), "the job is over");
            job.put("status", "Stopped");
            return "{}";
        } else if (method.equals("GET") && path.startsWith("/model-customization-jobs/")) {
            return describe(job(name)).toString();
        } else if (method.equals("GET") && path.startsWith("/custom-models/")) {
            ObjectNode found = jobs.values().stream()
                    .filter(job -> !modelStatus.isEmpty()
                            && job.path("outputModelArn").asText().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new RefusedException(404, "ResourceNotFoundException", "no such model"));
            return SpecJson.mapper()
                    .createObjectNode()
                    .put("modelArn", name)
                    .put("modelName", found.path("jobName").asText())
                    .put("modelStatus", modelStatus)
                    .toString();
        } else if (method.equals("POST") && path.equals(deployed) && body != null) {
            return deploy(body);
        } else if (path.startsWith(deployed + "/")) {
            ObjectNode one = deployments.get(name);
            if (one == null) {
                throw new RefusedException(404, "ResourceNotFoundException", "no such deployment");
            }
            if (method.equals("DELETE")) {
                deployments.remove(name);
                return "{}";
            }
            ObjectNode shown = one.deepCopy();
            if (one.path("status").asText().equals("Creating")) {
                one.put("status", "Active");
            }
            return shown.toString();
        } else if (method.equals("POST") && path.matches("/model/.+/converse") && body != null) {
            return converse(name, body);
        }
        throw new RefusedException(404, "UnknownOperationException", method + " " + path);
    }

    private String converse(String model, JsonNode body) throws RefusedException {
        boolean known = model.equals(BASELINE)
                || deployments.values().stream()
                        .anyMatch(one ->
                                one.path("customModelDeploymentArn").asText().equals(model));
        if (!known) {
            throw new RefusedException(404, "ResourceNotFoundException", "no such model");
        }
        known(body, Set.of("messages", "system", "inferenceConfig"));
        known(body.path("inferenceConfig"), Set.of("maxTokens", "temperature", "topP", "stopSequences"));
        conversations.add(body);
        ObjectNode answer = SpecJson.mapper().createObjectNode();
        answer.putObject("output")
                .putObject("message")
                .put("role", "assistant")
                .putArray("content")
                .addObject()
                .put("text", rule.apply(model, body));
        answer.put("stopReason", stopReason);
        answer.putObject("usage").put("inputTokens", 5).put("outputTokens", 2).put("totalTokens", 7);
        return answer.toString();
    }

    private ObjectNode job(String name) throws RefusedException {
        ObjectNode job = hidden ? null : jobs.get(name);
        if (job == null) {
            throw new RefusedException(404, "ResourceNotFoundException", "no such job");
        }
        return job;
    }

    private String create(JsonNode body) throws RefusedException {
        known(
                body,
                Set.of(
                        "jobName",
                        "customModelName",
                        "roleArn",
                        "clientRequestToken",
                        "baseModelIdentifier",
                        "customizationType",
                        "trainingDataConfig",
                        "validationDataConfig",
                        "outputDataConfig",
                        "hyperParameters"));
        String name = body.path("jobName").asText();
        require(name.matches("[a-zA-Z0-9](-*[a-zA-Z0-9+\\-.])*") && name.length() <= 63, "jobName");
        require(body.path("customModelName").asText().matches("([0-9a-zA-Z][_-]?){1,63}"), "customModelName");
        require(
                body.path("clientRequestToken").asText().matches("[a-zA-Z0-9]([-a-zA-Z0-9]{0,254}[a-zA-Z0-9])?"),
                "clientRequestToken");
        require(body.path("roleArn").asText().equals(ROLE), "roleArn");
        require(body.path("baseModelIdentifier").asText().equals(MODEL), "The provided model identifier is invalid");
        JsonNode before = bodies.get(name);
        if (before != null) {
            if (!before.equals(body)) {
                throw new RefusedException(400, "ConflictException", "the token was used with other parameters");
            }
            return answer(name);
        }
        body.path("hyperParameters").forEach(value -> {
            if (!value.isTextual()) {
                throw new LostException(); // the protocol has texts only
            }
        });
        read(body.path("trainingDataConfig").path("s3Uri").asText());
        body.path("validationDataConfig")
                .path("validators")
                .forEach(validator -> read(validator.path("s3Uri").asText()));
        ObjectNode job = SpecJson.mapper().createObjectNode();
        job.put("jobArn", ARN + "model-customization-job/" + MODEL + "/abcdefghij0" + jobs.size())
                .put("jobName", name)
                .put("clientRequestToken", body.path("clientRequestToken").asText())
                .put("status", "InProgress")
                .put("creationTime", "2026-01-02T03:04:05Z");
        job.set("hyperParameters", body.path("hyperParameters"));
        job.set("outputDataConfig", body.path("outputDataConfig"));
        job.putObject("statusDetails").putObject("trainingDetails").put("status", "InProgress");
        jobs.put(name, job);
        bodies.put(name, body);
        return answer(name);
    }

    private String answer(String name) {
        return SpecJson.mapper()
                .createObjectNode()
                .put(
                        "jobArn",
                        Objects.requireNonNull(jobs.get(name)).path("jobArn").asText())
                .toString();
    }

    /** The text of an object. */
    String read(String uri) {
        String[] parts = uri.replace("s3://", "").split("/", 2);
        return s3.getObjectAsBytes(get -> get.bucket(parts[0]).key(parts[1])).asUtf8String();
    }

    private ObjectNode describe(ObjectNode job) {
        ObjectNode shown = job.deepCopy();
        if (!held && job.path("status").asText().equals("InProgress")) {
            job.put("status", "Completed").put("endTime", "2026-01-02T04:04:05.123Z");
            job.put(
                    "outputModelArn",
                    ARN + "custom-model/" + MODEL + "/"
                            + job.path("jobArn").asText().replaceFirst(".*/", ""));
            String[] parts = job.path("outputDataConfig")
                    .path("s3Uri")
                    .asText()
                    .replace("s3://", "")
                    .split("/", 2);
            if (!withoutMetrics) {
                String folder = parts[1] + "model-customization-job-abc/";
                write(parts[0], folder + "training_artifacts/step_wise_training_metrics.csv", """
                    step_number,epoch_number,training_loss,perplexity
                    1,0,2.5,12.18
                    2,0,2.0,7.39
                    3,0,nan,
                    4,0,1.25,3.49
                    """);
                write(
                        parts[0],
                        folder + "validation_artifacts/post_fine_tuning_validation/validation/validation_metrics.csv",
                        """
                        step_number,epoch_number,validation_loss,perplexity
                        4,0,1.75,5.75
                        """);
            }
        }
        return shown;
    }

    private void write(String bucket, String key, String text) {
        s3.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromString(text));
    }

    private String deploy(JsonNode body) throws RefusedException {
        known(body, Set.of("modelDeploymentName", "modelArn", "clientRequestToken"));
        String name = body.path("modelDeploymentName").asText();
        require(name.matches("([0-9a-zA-Z][_-]?){1,63}"), "modelDeploymentName");
        String model = body.path("modelArn").asText();
        require(
                jobs.values().stream()
                        .anyMatch(job -> job.path("outputModelArn").asText().equals(model)),
                "no such model");
        ObjectNode one = deployments.get(name);
        if (one == null) {
            one = SpecJson.mapper().createObjectNode();
            one.put("customModelDeploymentArn", ARN + "custom-model-deployment/deploy00000" + deployments.size())
                    .put("modelDeploymentName", name)
                    .put("modelArn", model)
                    .put("status", "Creating");
            deployments.put(name, one);
        }
        return SpecJson.mapper()
                .createObjectNode()
                .put(
                        "customModelDeploymentArn",
                        one.path("customModelDeploymentArn").asText())
                .toString();
    }

    private static void known(JsonNode body, Set<String> fields) throws RefusedException {
        for (var names = body.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            require(fields.contains(name), "unknown field " + name);
        }
    }

    private static void require(boolean holds, String what) throws RefusedException {
        if (!holds) {
            throw new RefusedException(400, "ValidationException", what);
        }
    }
}
