package dev.septet.activities.track;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of an MLflow server that a run needs, in memory. It keeps each point that it gets, also a second one for a step.
 * It can lose the answer of one request, as if Septet was killed after it.
 */
final class FakeMlflow implements AutoCloseable {
    private static final Pattern TAG = Pattern.compile("tags\\.`([^`]+)` = '([^']*)'");
    private static final Pattern RUN = Pattern.compile("run_id = '([^']*)'");

    private final HttpServer server;
    private final Map<String, String> experiments = new LinkedHashMap<>();
    private final Map<String, ObjectNode> versions = new LinkedHashMap<>();
    private final List<String> models = new ArrayList<>();
    private int requests;
    private int lost = -1;
    private int status;

    final Map<String, Run> runs = new LinkedHashMap<>();
    final Map<String, String> files = new TreeMap<>();

    /** All bodies and headers that came, as text. */
    final StringBuilder received = new StringBuilder();

    /** A run with all that was logged. */
    static final class Run {
        String state = "RUNNING";
        final Map<String, String> parameters = new TreeMap<>();
        final Map<String, String> tags = new TreeMap<>();
        final List<JsonNode> metrics = new ArrayList<>();
    }

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else each answer waits 40 ms for an acknowledgement
    }

    FakeMlflow() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    int requests() {
        return requests;
    }

    /** Does the n-th request from now on, and loses its answer. */
    void lose(int request) {
        lost = requests + request;
    }

    /** Forgets everything. */
    synchronized void reset() {
        experiments.clear();
        versions.clear();
        models.clear();
        runs.clear();
        files.clear();
        requests = 0;
        lost = -1;
    }

    /** Answers each request with a status. */
    void answer(int with) {
        status = with;
    }

    List<ObjectNode> versions() {
        return List.copyOf(versions.values());
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        received.append(exchange.getRequestURI())
                .append(body)
                .append(exchange.getRequestHeaders().get("Authorization"));
        requests++;
        if (status != 0) {
            exchange.getResponseHeaders().set("Location", "http://169.254.169.254/");
            send(exchange, status, "{}");
            return;
        }
        ObjectNode answer = SpecJson.mapper().createObjectNode();
        int code = 200;
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/api/v1/lineage")) {
            code = 201;
        } else if (path.startsWith("/api/2.0/mlflow-artifacts/artifacts/")) {
            files.put(path.substring("/api/2.0/mlflow-artifacts/artifacts/".length()), body);
        } else {
            code = call(
                    path.substring("/api/2.0/mlflow/".length()),
                    query(exchange.getRequestURI().getRawQuery()),
                    body.isEmpty()
                            ? SpecJson.mapper().createObjectNode()
                            : SpecJson.mapper().readTree(body),
                    answer);
        }
        if (requests == lost) {
            exchange.close();
            return;
        }
        send(exchange, code, answer.toString());
    }

    private int call(String method, Map<String, String> query, JsonNode body, ObjectNode answer) {
        switch (method) {
            case "experiments/get-by-name" -> {
                String id = experiments.get(query.get("experiment_name"));
                if (id == null) {
                    return error(answer, "RESOURCE_DOES_NOT_EXIST");
                }
                answer.putObject("experiment").put("experiment_id", id).put("lifecycle_stage", "active");
            }
            case "experiments/create" -> {
                experiments.put(body.path("name").asText(), Integer.toString(experiments.size() + 1));
                answer.put("experiment_id", Integer.toString(experiments.size()));
            }
            case "runs/search" -> {
                Matcher tag = TAG.matcher(body.path("filter").asText());
                if (!tag.matches()) {
                    return error(answer, "INVALID_PARAMETER_VALUE");
                }
                ArrayNode found = answer.putArray("runs");
                runs.forEach((id, run) -> {
                    if (tag.group(2).equals(run.tags.get(tag.group(1)))) {
                        found.add(json(id, run));
                    }
                });
            }
            case "runs/create" -> {
                Run run = new Run();
                body.path("tags")
                        .forEach(tag -> run.tags.put(
                                tag.path("key").asText(), tag.path("value").asText()));
                String id = "run" + runs.size();
                runs.put(id, run);
                answer.set("run", json(id, run));
            }
            case "runs/log-batch" -> {
                Run run = run(body.path("run_id").asText());
                body.path("params")
                        .forEach(one -> run.parameters.put(
                                one.path("key").asText(), one.path("value").asText()));
                body.path("tags")
                        .forEach(one -> run.tags.put(
                                one.path("key").asText(), one.path("value").asText()));
                body.path("metrics").forEach(run.metrics::add);
            }
            case "runs/update" ->
                run(body.path("run_id").asText()).state = body.path("status").asText();
            case "metrics/get-history" -> {
                ArrayNode found = answer.putArray("metrics");
                run(query.getOrDefault("run_id", "")).metrics.stream()
                        .filter(one -> one.path("key").asText().equals(query.get("metric_key")))
                        .forEach(found::add);
            }
            case "registered-models/create" -> {
                if (models.contains(body.path("name").asText())) {
                    return error(answer, "RESOURCE_ALREADY_EXISTS");
                }
                models.add(body.path("name").asText());
            }
            case "model-versions/search" -> {
                Matcher run = RUN.matcher(query.getOrDefault("filter", ""));
                ArrayNode found = answer.putArray("model_versions");
                versions.values().stream()
                        .filter(one ->
                                run.matches() && one.path("run_id").asText().equals(run.group(1)))
                        .forEach(found::add);
            }
            case "model-versions/create" -> {
                ObjectNode made = body.deepCopy();
                made.put("version", Integer.toString(versions.size() + 1));
                versions.put(made.path("version").asText(), made);
                answer.set("model_version", made);
            }
            default -> {
                return error(answer, "ENDPOINT_NOT_FOUND");
            }
        }
        return 200;
    }

    private Run run(String id) {
        return Objects.requireNonNull(runs.get(id), id);
    }

    private static ObjectNode json(String id, Run run) {
        ObjectNode json = SpecJson.mapper().createObjectNode();
        json.putObject("info")
                .put("run_id", id)
                .put("start_time", 1)
                .put("artifact_uri", "mlflow-artifacts:/1/" + id + "/artifacts");
        ArrayNode tags = json.putObject("data").putArray("tags");
        run.tags.forEach((key, value) -> tags.addObject().put("key", key).put("value", value));
        return json;
    }

    private static int error(ObjectNode answer, String code) {
        answer.put("error_code", code).put("message", "refused");
        return code.equals("RESOURCE_DOES_NOT_EXIST") ? 404 : 400;
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> all = new TreeMap<>();
        for (String part : raw == null ? new String[0] : raw.split("&")) {
            int equals = part.indexOf('=');
            all.put(part.substring(0, equals), URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return all;
    }

    private static void send(HttpExchange exchange, int code, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
