package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import io.temporal.serviceclient.MetricsType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a real Prometheus sees of {@code ./septet dev} and of a model server beside it, while a test lets them train, judge and
 * find drift.
 *
 * @param pipeline name of the pipeline that the test runs
 */
record ObservedStack(Prometheus prometheus, Path state, String pipeline) implements AutoCloseable {
    /** A free port for each process, and a price, so that runs have a cost. */
    static final Map<String, String> ENVIRONMENT =
            Map.of("SEPTET_METRICS_ADDRESS", "127.0.0.1:0", "SEPTET_PRICE_PER_HOUR", "3600.00 EUR");

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String CHAT =
            "{\"model\":\"%s\",\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":\"Route the ticket\"}]}";

    /** Starts Prometheus beside a stack that starts now or later. */
    static ObservedStack start(Path root, Path state, String pipeline) throws IOException, InterruptedException {
        return new ObservedStack(
                Prometheus.start(root.resolve("prometheus"), state.resolve("metrics/*.json")), state, pipeline);
    }

    /**
     * A training, a gate, a run page, and two checks of which one found drift. Prometheus reads each process at a time of its own,
     * and one that takes too long to answer has no values until the next time. So each condition is awaited.
     */
    void requireWhatWorkersDid(int steps) throws Exception {
        prometheus.awaitTrue("sum(septet_runs_total{pipeline=\"%s\", outcome=\"completed\"}) >= 2".formatted(pipeline));
        // The second run reuses the training and other results.
        prometheus.awaitTrue(
                String.format(Locale.ROOT, "sum(septet_training_steps_total{pipeline=\"%s\"}) == %d", pipeline, steps));
        prometheus.awaitTrue("sum(septet_stage_results_total{origin=\"reused\"}) > 0");
        prometheus.awaitTrue("max(max_over_time(septet_training_loss[1h])) > 0");
        prometheus.awaitTrue("max(max_over_time(septet_training_tokens_per_second[1h])) > 0");
        prometheus.awaitTrue("absent(septet_training_loss)"); // no training runs now
        prometheus.awaitTrue("sum(septet_checkpoints_total{outcome=\"committed\"}) > 0");
        prometheus.awaitTrue("sum(septet_checkpoint_bytes_total) > 1000");
        prometheus.awaitTrue("sum(septet_gate_verdicts_total{pipeline=\"%s\"}) == 2".formatted(pipeline));
        prometheus.awaitTrue("sum(septet_drift_findings_total{check=\"psi on promptLength\"}) > 0");
        prometheus.awaitTrue("sum(septet_run_cost_total{currency=\"EUR\"}) > 0");
        prometheus.awaitTrue("septet_slots_free{queue=\"septet-gpu\"} + septet_slots_used == 1");
        prometheus.awaitTrue(
                "sum(temporal_activity_schedule_to_start_latency_seconds_count{activity_type=\"Train\"}) >= 2");
        prometheus.awaitTrue("min(process_resident_memory_bytes{septet_kind=\"worker\"}) > 1e7");
        prometheus.awaitTrue("min(septet_ready) == 1");
    }

    /** Requests to {@code septet serve}, and what Prometheus sees of them. */
    void requireWhatAServerDoes() throws Exception {
        try (ServeStack serving = ServeStack.start(state, ENVIRONMENT, pipeline)) {
            assertThat(post(serving, CHAT.formatted(pipeline))).isEqualTo(200);
            assertThat(post(serving, CHAT.formatted("no such model, but a text of a stranger")))
                    .isEqualTo(404);
            assertThat(get(serving.address() + "/ready").statusCode()).isEqualTo(200);
            prometheus.awaitTrue("septet_requests_total{status=\"404\"} == 1");
            prometheus.awaitTrue(
                    "septet_requests_total{model=\"%s\", endpoint=\"chat\", status=\"200\"} == 1".formatted(pipeline));
            // No text of a request is a label.
            prometheus.awaitTrue("septet_requests_total{model=\"none\", endpoint=\"chat\", status=\"404\"} == 1");
            prometheus.awaitTrue("septet_time_to_first_token_seconds_count == 1");
            prometheus.awaitTrue("septet_generated_tokens_total >= 1 <= 8");
            prometheus.awaitTrue("septet_prompt_tokens_total > 0");
            prometheus.awaitTrue("septet_answers_limit == 72");
            prometheus.awaitTrue("min(count_over_time(septet_request_seconds_count[5m])) >= 2"); // a rate needs two
            requireQueries();
        }
    }

    /** Every query of the dashboard and of the alerts runs, and names metrics that exist. */
    private void requireQueries() throws Exception {
        assertThat(prometheus.brokenRules()).isEmpty();
        Set<String> exist = new TreeSet<>(prometheus.names());
        assertThat(exist)
                .as("a metric of each kind of process")
                .contains("septet_supervised_process_up", "septet_training_steps_total", "septet_requests_total");
        exist.addAll(Dashboard.declared());
        exist.add(MetricsType.TEMPORAL_REQUEST_FAILURE + "_total"); // there from the first failure on
        Set<String> queries = new TreeSet<>(Dashboard.queries());
        queries.addAll(Dashboard.alerts());
        Map<String, Set<String>> unknown = new TreeMap<>();
        Set<String> empty = new TreeSet<>();
        for (String query : queries) {
            if (prometheus.query(query).isEmpty() && Dashboard.queries().contains(query)) {
                empty.add(query);
            }
            Set<String> names = Dashboard.metrics(query);
            names.removeAll(exist);
            if (!names.isEmpty()) {
                unknown.put(query, names);
            }
        }
        assertThat(unknown).as("queries that name no metric").isEmpty();
        assertThat(empty)
                .as("queries without a result on a machine without a card and outside services, when nothing runs")
                .allMatch(
                        query -> query.matches(
                                ".*(septet_gpu_|septet_training_|septet_ready|activities_running|progress_age|energy|septet_service_|failures?_total).*"));
    }

    /** The targets of a supervisor are those of the files, in the form of {@code http_sd}. */
    void requireTargets() throws Exception {
        JsonNode dev = SpecJson.mapper().readTree(Files.readString(state.resolve("metrics/dev.json")));
        String address = "http://" + dev.at("/0/targets/0").asText();
        Map<String, String> kinds = new TreeMap<>();
        SpecJson.mapper()
                .readTree(get(address + "/targets").body())
                .forEach(target -> kinds.put(
                        target.at("/labels/septet_process").asText(),
                        target.at("/labels/septet_kind").asText()));
        assertThat(kinds).contains(entry("dev", "supervisor"), entry("light", "worker"), entry("training", "worker"));
        HttpResponse<String> ready = get(address + "/ready");
        assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
    }

    private static int post(ServeStack serving, String body) throws IOException, InterruptedException {
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create(serving.address() + "/v1/chat/completions"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private static HttpResponse<String> get(String address) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        prometheus.close();
    }
}
