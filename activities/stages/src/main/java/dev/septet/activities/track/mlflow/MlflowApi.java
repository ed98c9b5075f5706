package dev.septet.activities.track.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.track.server.TrackerClient;
import dev.septet.activities.track.server.TrackerClient.Refused;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The parts of MLflow's REST API that a run needs.
 *
 * @see <a href="https://mlflow.org/docs/latest/rest-api.html">MLflow REST API</a>
 */
final class MlflowApi {
    private static final String API = "/api/2.0/mlflow/";
    private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/";
    private static final String MISSING = "RESOURCE_DOES_NOT_EXIST";
    private static final String EXISTS = "RESOURCE_ALREADY_EXISTS";
    private static final int MOST_PAGES = 100;

    private final TrackerClient client;

    MlflowApi(TrackerClient client) {
        this.client = client;
    }

    /**
     * A run on the server.
     *
     * @param artifacts where its files are, as the server says
     */
    record Run(String id, long started, String artifacts, Map<String, String> tags) {
        static Run of(JsonNode json) {
            Map<String, String> tags = new TreeMap<>();
            json.path("data")
                    .path("tags")
                    .forEach(tag ->
                            tags.put(tag.path("key").asText(), tag.path("value").asText()));
            JsonNode info = json.path("info");
            return new Run(
                    info.path("run_id").asText(),
                    info.path("start_time").asLong(),
                    info.path("artifact_uri").asText(),
                    tags);
        }
    }

    /** The id of an experiment, which is created if there is none. */
    String experiment(String name) throws IOException, InterruptedException {
        String id = found(name);
        if (id != null) {
            return id;
        }
        try {
            return client.post(API + "experiments/create", Map.of("name", name))
                    .path("experiment_id")
                    .asText();
        } catch (Refused refused) {
            String created = refused.code().equals(EXISTS) ? found(name) : null; // by another run
            if (created == null) {
                throw refused.problem();
            }
            return created;
        }
    }

    private @Nullable String found(String name) throws IOException, InterruptedException {
        JsonNode found;
        try {
            found = client.get(API + "experiments/get-by-name?experiment_name=" + encoded(name));
        } catch (Refused refused) {
            if (refused.code().equals(MISSING)) {
                return null;
            }
            throw refused.problem();
        }
        JsonNode experiment = found.path("experiment");
        if (experiment.path("lifecycle_stage").asText().equals("deleted")) {
            throw StageProblem.invalid(
                    "the experiment '%s' is deleted on the tracker '%s'; restore it there, or name another experiment"
                            .formatted(name, client.tracker().name()));
        }
        return experiment.path("experiment_id").asText();
    }

    /** The runs with a tag, the oldest first. */
    List<Run> runs(String experiment, String tag, String value) throws IOException, InterruptedException {
        JsonNode found = order(
                "runs/search",
                Map.of(
                        "experiment_ids",
                        List.of(experiment),
                        "filter",
                        "tags.`%s` = '%s'".formatted(tag, value),
                        "max_results",
                        MOST_PAGES,
                        "order_by",
                        List.of("attribute.start_time ASC", "attribute.run_id ASC")));
        List<Run> runs = new ArrayList<>();
        found.path("runs").forEach(run -> runs.add(Run.of(run)));
        return runs;
    }

    Run create(String experiment, String name, long started, List<Map<String, String>> tags)
            throws IOException, InterruptedException {
        return Run.of(order(
                        "runs/create",
                        Map.of("experiment_id", experiment, "run_name", name, "start_time", started, "tags", tags))
                .path("run"));
    }

    void delete(Run run) throws IOException, InterruptedException {
        order("runs/delete", Map.of("run_id", run.id()));
    }

    void update(Run run, String status, @Nullable Long ended) throws IOException, InterruptedException {
        order(
                "runs/update",
                ended == null
                        ? Map.of("run_id", run.id(), "status", status)
                        : Map.of("run_id", run.id(), "status", status, "end_time", ended));
    }

    void log(Run run, String kind, List<?> entries) throws IOException, InterruptedException {
        order("runs/log-batch", Map.of("run_id", run.id(), kind, entries));
    }

    /** The steps at which a run has a metric. */
    Set<Long> steps(Run run, String metric) throws IOException, InterruptedException {
        Set<Long> steps = new HashSet<>();
        String token = "";
        for (int page = 0; page < MOST_PAGES; page++) {
            JsonNode history;
            try {
                history = client.get("%smetrics/get-history?run_id=%s&metric_key=%s&max_results=5000%s"
                        .formatted(
                                API,
                                encoded(run.id()),
                                encoded(metric),
                                token.isEmpty() ? "" : "&page_token=" + encoded(token)));
            } catch (Refused refused) {
                if (refused.code().equals(MISSING)) {
                    return steps;
                }
                throw refused.problem();
            }
            history.path("metrics")
                    .forEach(point -> steps.add(point.path("step").asLong()));
            token = history.path("next_page_token").asText("");
            if (token.isEmpty()) {
                return steps;
            }
        }
        return steps;
    }

    /** Stores a file of a run through the server; false when the server does not hold the run's files itself. */
    boolean upload(Run run, String name, byte[] bytes) throws IOException, InterruptedException {
        String path = proxied(run);
        if (path == null) {
            return false;
        }
        try {
            client.put(ARTIFACTS + path + "/" + encoded(name), bytes);
            return true;
        } catch (Refused refused) {
            throw refused.problem();
        }
    }

    private static @Nullable String proxied(Run run) {
        String scheme = "mlflow-artifacts:";
        if (!run.artifacts().startsWith(scheme)) {
            return null;
        }
        String path = run.artifacts().substring(scheme.length());
        if (path.startsWith("//")) {
            int slash = path.indexOf('/', 2); // after host and port
            path = slash < 0 ? "" : path.substring(slash);
        }
        String plain = Arrays.stream(path.split("/"))
                .filter(part -> !part.isEmpty())
                .map(MlflowApi::encoded)
                .collect(Collectors.joining("/"));
        return plain.isEmpty() || List.of(plain.split("/")).contains("..") ? null : plain;
    }

    /** Creates a registered model if there is none. */
    void model(String name) throws IOException, InterruptedException {
        try {
            client.post(API + "registered-models/create", Map.of("name", name));
        } catch (Refused refused) {
            if (!refused.code().equals(EXISTS)) {
                throw refused.problem();
            }
        }
    }

    /** The versions that a run has of a registered model, the oldest first. */
    List<JsonNode> versions(String model, Run run) throws IOException, InterruptedException {
        JsonNode found;
        try {
            found = client.get(
                    API + "model-versions/search?max_results=200&filter=" + encoded("run_id = '" + run.id() + "'"));
        } catch (Refused refused) {
            throw refused.problem();
        }
        List<JsonNode> versions = new ArrayList<>();
        found.path("model_versions").forEach(version -> {
            if (version.path("name").asText().equals(model)) {
                versions.add(version);
            }
        });
        versions.sort(
                Comparator.comparingLong(version -> version.path("version").asLong()));
        return versions;
    }

    JsonNode version(Map<String, Object> body) throws IOException, InterruptedException {
        return order("model-versions/create", body).path("model_version");
    }

    /** Deletes a version of a registered model. */
    void delete(String model, String version) throws IOException, InterruptedException {
        try {
            client.delete(API + "model-versions/delete", Map.of("name", model, "version", version));
        } catch (Refused refused) {
            throw refused.problem();
        }
    }

    private JsonNode order(String path, Map<String, ?> body) throws IOException, InterruptedException {
        try {
            return client.post(API + path, body);
        } catch (Refused refused) {
            throw refused.problem();
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
