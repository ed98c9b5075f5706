package dev.septet.activities.train.hosted;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A service with OpenAI's fine-tuning API in memory. It refuses what the published API does not have: unknown fields,
 * missing ones, and values out of their ranges. It can be overloaded, lose requests and answers, and forget or fail jobs.
 *
 * @see <a href="https://github.com/openai/openai-openapi">The published API</a>
 */
public final class FakeFineTuning implements AutoCloseable {
    /** The key that it accepts. */
    public static final String KEY = "sk-test-0123456789abcdef";
    /** Its only base model. */
    public static final String MODEL = "gpt-4o-mini-2024-07-18";

    private static final String CSV = """
        step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy
        1,2.5,0.4,,
        2,2.0,0.5,2.25,0.45
        3,1.5,0.6,,
        4,1.25,0.7,1.75,0.55
        """;

    private final long created = Instant.now().getEpochSecond();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, ObjectNode> files = new LinkedHashMap<>();
    private final Map<String, String> contents = new HashMap<>();
    private final Map<String, ObjectNode> jobs = new LinkedHashMap<>();
    private final Map<String, Integer> described = new HashMap<>();
    private final Map<String, Deque<Trouble>> troubles = new HashMap<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<JsonNode> bodies = new ArrayList<>();
    private String key = KEY;
    private boolean held;
    private boolean hidesJobs;
    private boolean plainCsv;
    private @Nullable String fileStatus;
    private int number;

    /** Before or after a request is processed. */
    interface Hook {
        void on(int request, String what);
    }

    /** Called with the number of each request, from 1: before it is processed, and before its answer. */
    volatile Hook received = (request, what) -> {};

    volatile Hook accepted = (request, what) -> {};

    /** No answer: the connection ends. */
    static final class LostException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** What goes wrong with one request: an answer instead, or a loss before or after it is processed. */
    private record Trouble(int status, String body, boolean processed) {}

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

    /** Begins at once. */
    public FakeFineTuning() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Base address of the API. */
    public String url() {
        return String.format(
                Locale.ROOT, "http://127.0.0.1:%d/v1", server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** Answers the next requests of a kind, such as {@code POST /fine_tuning/jobs}, so, without processing them. */
    synchronized void answer(String what, int times, int status, String body) {
        for (int time = 0; time < times; time++) {
            add(what, new Trouble(status, body, false));
        }
    }

    /** Processes the next request of a kind, and loses its answer. */
    synchronized void loseAnswer(String what) {
        add(what, new Trouble(0, "", true));
    }

    /** Loses the next request of a kind. */
    synchronized void loseRequest(String what) {
        add(what, new Trouble(0, "", false));
    }

    private void add(String what, Trouble trouble) {
        troubles.computeIfAbsent(what, any -> new ArrayDeque<>()).add(trouble);
    }

    /** Jobs keep running until they are released. */
    public synchronized void hold(boolean hold) {
        held = hold;
    }

    /** Lists do not show jobs. */
    synchronized void hideJobs(boolean hide) {
        hidesJobs = hide;
    }

    synchronized void plainCsv() {
        plainCsv = true;
    }

    /** Uploaded files get this status; null = processed. */
    synchronized void fileStatus(@Nullable String status, String details) {
        fileStatus = status;
        for (ObjectNode file : files.values()) {
            file.put("status", status == null ? "processed" : status).put("status_details", details);
        }
    }

    synchronized void expireKey(boolean expired) {
        key = expired ? "another" : KEY;
    }

    synchronized void fail(String code, String message, @Nullable String param) {
        ObjectNode job = last();
        job.put("status", "failed");
        job.putObject("error").put("code", code).put("message", message).put("param", param);
    }

    synchronized void cancelBySomebody() {
        last().put("status", "cancelled");
    }

    synchronized void forgetJobs() {
        jobs.clear();
    }

    synchronized void expireFiles() {
        files.clear();
    }

    /** A second job on the same file. */
    synchronized void duplicate() {
        ObjectNode second = last().deepCopy();
        second.put("id", "ftjob-second")
                .put("created_at", second.path("created_at").asLong() + 1);
        jobs.put("ftjob-second", second);
    }

    private ObjectNode last() {
        return new ArrayList<>(jobs.values()).get(jobs.size() - 1);
    }

    synchronized String status(String id) {
        return Objects.requireNonNull(jobs.get(id)).path("status").asText();
    }

    /** Ids of the jobs that were ever created. */
    public synchronized List<String> jobIds() {
        return new ArrayList<>(jobs.keySet());
    }

    /** Bodies of accepted creations. */
    synchronized List<JsonNode> created() {
        return new ArrayList<>(bodies);
    }

    synchronized int uploads() {
        return contents.size();
    }

    /** Ids of the uploaded files that were not deleted. */
    public synchronized Set<String> files() {
        return new TreeSet<>(files.keySet());
    }

    synchronized String content(String id) {
        return Objects.requireNonNull(contents.get(id));
    }

    /** All requests, such as {@code GET /files}. */
    List<String> requests() {
        return new ArrayList<>(requests);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath().replaceFirst("^/v1", "");
            String what = exchange.getRequestMethod() + " " + path.replaceAll("(ftjob|file)-[a-z0-9]+", "ID");
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
                send(exchange, trouble.status(), trouble.body());
                return;
            }
            int status = 200;
            String answer;
            try {
                answer = answer(exchange, path, body);
            } catch (RefusedException refused) {
                status = refused.status;
                ObjectNode json = SpecJson.mapper().createObjectNode();
                json.putObject("error")
                        .put("message", refused.getMessage())
                        .put("type", "invalid_request_error")
                        .put("param", (String) null)
                        .put("code", refused.code);
                answer = json.toString();
            }
            accepted.on(mine, what);
            if (trouble != null) {
                throw new LostException();
            }
            send(exchange, status, answer);
        } catch (LostException lost) {
            // the exchange closes without an answer
        }
    }

    private synchronized @Nullable Trouble trouble(String what) {
        Deque<Trouble> next = troubles.get(what);
        return next == null ? null : next.poll();
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private synchronized String answer(HttpExchange exchange, String path, byte[] body) throws RefusedException {
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        if (!("Bearer " + key).equals(given)) {
            throw new RefusedException(401, "invalid_api_key", "Incorrect API key provided: " + given);
        }
        String method = exchange.getRequestMethod();
        Map<String, String> query = query(exchange.getRequestURI().getQuery());
        String[] parts = path.substring(1).split("/");
        boolean file = parts[0].equals("files");
        int length = parts.length;
        if (method.equals("POST") && path.equals("/files")) {
            return upload(exchange.getRequestHeaders().getFirst("Content-Type"), body);
        } else if (method.equals("GET") && path.equals("/files")) {
            known(query.keySet(), Set.of("purpose", "limit", "order", "after"));
            return page(files, query, json -> json.path("purpose").asText().equals(query.get("purpose")));
        } else if (method.equals("DELETE") && file && length == 2) {
            find(files, parts[1]);
            files.remove(parts[1]);
            return "{\"id\":\"%s\",\"object\":\"file\",\"deleted\":true}".formatted(parts[1]);
        } else if (method.equals("GET") && file && length == 2) {
            return find(files, parts[1]).toString();
        } else if (method.equals("GET") && file && length == 3 && parts[2].equals("content")) {
            if (!parts[1].startsWith("file-results")) {
                throw new RefusedException(400, "", "Not allowed to download files of purpose: fine-tune");
            }
            return plainCsv ? CSV : Base64.getEncoder().encodeToString(CSV.getBytes(StandardCharsets.UTF_8));
        } else if (method.equals("POST") && path.equals("/fine_tuning/jobs")) {
            return create(body);
        } else if (method.equals("GET") && path.equals("/fine_tuning/jobs")) {
            known(query.keySet(), Set.of("after", "limit", "metadata"));
            return page(jobs, query, json -> !hidesJobs);
        } else if (path.startsWith("/fine_tuning/jobs/") && length == 3 && method.equals("GET")) {
            return describe(find(jobs, parts[2])).toString();
        } else if (path.startsWith("/fine_tuning/jobs/") && length == 4 && parts[3].equals("cancel")) {
            ObjectNode job = find(jobs, parts[2]);
            require(method.equals("POST") && body.length == 0, "cancel has no body");
            require(!over(job), "Job has already completed");
            return job.put("status", "cancelled").toString();
        } else if (path.startsWith("/fine_tuning/jobs/") && length == 4 && parts[3].equals("events")) {
            known(query.keySet(), Set.of("after", "limit"));
            return events(find(jobs, parts[2]));
        }
        throw new RefusedException(404, "unknown_url", "Unknown request URL: " + method + " " + path);
    }

    private static boolean over(ObjectNode job) {
        return Set.of("succeeded", "failed", "cancelled")
                .contains(job.path("status").asText());
    }

    private static void require(boolean holds, String message) throws RefusedException {
        if (!holds) {
            throw new RefusedException(400, "invalid_request", message);
        }
    }

    private static void known(Set<String> names, Set<String> known) throws RefusedException {
        for (String name : names) {
            require(known.contains(name), "Unknown parameter: " + name);
        }
    }

    private static Map<String, String> query(@Nullable String query) {
        Map<String, String> all = new HashMap<>();
        for (String part : query == null ? new String[0] : query.split("&")) {
            all.put(part.substring(0, part.indexOf('=')), part.substring(part.indexOf('=') + 1));
        }
        return all;
    }

    private static ObjectNode find(Map<String, ObjectNode> all, String id) throws RefusedException {
        ObjectNode found = all.get(id);
        if (found == null) {
            throw new RefusedException(404, "not_found", "No such object: " + id);
        }
        return found;
    }

    private interface Filter {
        boolean takes(JsonNode json);
    }

    /** Two elements on a page, the newest first. */
    private static String page(Map<String, ObjectNode> all, Map<String, String> query, Filter filter) {
        List<ObjectNode> newest = new ArrayList<>(all.values());
        newest.removeIf(json -> !filter.takes(json));
        Collections.reverse(newest);
        int from = 0;
        for (int index = 0; index < newest.size(); index++) {
            if (newest.get(index).path("id").asText().equals(query.get("after"))) {
                from = index + 1;
            }
        }
        List<ObjectNode> page = newest.subList(from, Math.min(newest.size(), from + 2));
        ObjectNode answer = SpecJson.mapper().createObjectNode().put("object", "list");
        ArrayNode data = answer.putArray("data");
        page.forEach(data::add);
        answer.put("has_more", from + page.size() < newest.size());
        return answer.toString();
    }

    private String upload(String type, byte[] body) throws RefusedException {
        require(type.startsWith("multipart/form-data; boundary="), "expected a form");
        String boundary = "--" + type.substring(type.indexOf('=') + 1);
        Map<String, String> fields = new HashMap<>();
        String name = "";
        for (String part : new String(body, StandardCharsets.UTF_8).split(java.util.regex.Pattern.quote(boundary))) {
            int end = part.indexOf("\r\n\r\n");
            if (end > 0) {
                String head = part.substring(0, end);
                String field = head.replaceFirst("(?s).*?name=\"([^\"]*)\".*", "$1");
                fields.put(field, part.substring(end + 4, part.length() - 2));
                if (head.contains("filename=")) {
                    name = head.replaceFirst("(?s).*filename=\"([^\"]*)\".*", "$1");
                }
            }
        }
        known(fields.keySet(), Set.of("file", "purpose", "expires_after[anchor]", "expires_after[seconds]"));
        require("fine-tune".equals(fields.get("purpose")), "purpose");
        String content = fields.getOrDefault("file", "");
        require(!content.isEmpty() && name.endsWith(".jsonl"), "file");
        String id = "file-" + ++number;
        ObjectNode file = SpecJson.mapper().createObjectNode();
        file.put("id", id)
                .put("object", "file")
                .put("bytes", content.getBytes(StandardCharsets.UTF_8).length)
                .put("created_at", created + number)
                .put("filename", name)
                .put("purpose", "fine-tune")
                .put("status", fileStatus == null ? "processed" : fileStatus);
        files.put(id, file);
        contents.put(id, content);
        return file.toString();
    }

    private String create(byte[] bytes) throws RefusedException {
        JsonNode body;
        try {
            body = SpecJson.mapper().readTree(bytes);
        } catch (IOException e) {
            throw new RefusedException(400, "invalid_request", "not JSON");
        }
        known(names(body), Set.of("model", "training_file", "validation_file", "suffix", "seed", "method", "metadata"));
        require(body.path("model").asText().equals(MODEL), "The model is not available for fine-tuning");
        find(files, body.path("training_file").asText());
        if (body.has("validation_file")) {
            find(files, body.path("validation_file").asText());
        }
        require(body.path("suffix").asText("x").matches("[a-z0-9-]{1,18}"), "suffix");
        require(body.path("seed").asLong(0) >= 0 && body.path("seed").asLong(0) <= Integer.MAX_VALUE, "seed");
        JsonNode method = body.path("method");
        String type = method.path("type").asText();
        require(Set.of("supervised", "dpo").contains(type), "method.type");
        known(names(method), Set.of("type", type));
        JsonNode parameters = method.path(type).path("hyperparameters");
        known(
                names(parameters),
                type.equals("dpo")
                        ? Set.of("n_epochs", "batch_size", "learning_rate_multiplier", "beta")
                        : Set.of("n_epochs", "batch_size", "learning_rate_multiplier"));
        range(parameters, "n_epochs", 1, 50);
        range(parameters, "batch_size", 1, 256);
        range(parameters, "learning_rate_multiplier", Double.MIN_VALUE, Double.MAX_VALUE);
        range(parameters, "beta", Double.MIN_VALUE, 2);
        bodies.add(body);
        String id = "ftjob-" + ++number;
        ObjectNode job = SpecJson.mapper().createObjectNode();
        job.put("id", id).put("object", "fine_tuning.job").put("model", MODEL);
        job.put("created_at", created + number).putNull("finished_at").putNull("fine_tuned_model");
        job.put("organization_id", "org-1").put("status", "validating_files").putNull("error");
        job.put("training_file", body.path("training_file").asText());
        job.put("validation_file", body.path("validation_file").asText());
        job.put("seed", body.path("seed").asInt()).putNull("trained_tokens").putArray("result_files");
        job.set("method", method);
        job.putObject("hyperparameters")
                .put("n_epochs", parameters.path("n_epochs").asInt())
                .put("batch_size", "auto");
        jobs.put(id, job);
        return job.toString();
    }

    private static Set<String> names(JsonNode json) {
        Set<String> names = new TreeSet<>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void range(JsonNode parameters, String name, double least, double most) throws RefusedException {
        JsonNode value = parameters.path(name);
        require(
                value.isMissingNode() || (value.isNumber() && value.asDouble() >= least && value.asDouble() <= most),
                name);
    }

    /** A job waits in its first description, trains in its second, and succeeds in its third. */
    private ObjectNode describe(ObjectNode job) {
        int times = described.merge(job.path("id").asText(), 1, Integer::sum);
        if (!over(job)) {
            job.put("status", times == 1 ? "queued" : "running");
            if (times >= 3 && !held) {
                succeed(job);
            }
        }
        return job;
    }

    private void succeed(ObjectNode job) {
        job.put("status", "succeeded")
                .put(
                        "fine_tuned_model",
                        "ft:%s:org:septet:%s"
                                .formatted(MODEL, job.path("id").asText().substring(6)))
                .put("trained_tokens", 250_000)
                .put("finished_at", created + 1000);
        ((ArrayNode) job.path("result_files")).add("file-results1");
    }

    private String events(ObjectNode job) {
        ObjectNode answer = SpecJson.mapper().createObjectNode().put("object", "list");
        ArrayNode data = answer.putArray("data");
        if (!job.path("status").asText().equals("queued")) {
            for (int step = 2; step >= 1; step--) {
                ObjectNode event = data.addObject();
                event.put("id", "ftevent-" + step)
                        .put("object", "fine_tuning.job.event")
                        .put("created_at", created);
                event.put("level", "info")
                        .put("type", "metrics")
                        .put("message", String.format(Locale.ROOT, "Step %d/4", step));
                event.putObject("data").put("step", step).put("total_steps", 4).put("train_loss", 3.0 / step);
            }
        }
        answer.put("has_more", false);
        return answer.toString();
    }
}
