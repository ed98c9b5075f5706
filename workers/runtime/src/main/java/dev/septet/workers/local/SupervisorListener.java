package dev.septet.workers.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.llm.format.StrictJson;
import dev.septet.workers.observe.MachineGauges;
import dev.septet.workers.observe.MetricsAddress;
import dev.septet.workers.observe.ProcessListener;
import dev.septet.workers.observe.ProcessMetric;
import dev.septet.workers.observe.PrometheusInstruments;
import dev.septet.workers.observe.ReadinessChecks;
import dev.septet.workers.observe.ScrapeTargets;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workers.supervise.Supervisor;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The listener of a process that supervises others. Each of them has a port of its own, which {@code /targets} tells
 * Prometheus. The supervisor is ready when all of them are.
 */
final class SupervisorListener {
    private static final Duration ANSWER = Duration.ofMillis(2500);
    private static final int OK = 200;

    private final Supervisor supervisor;
    private final ScrapeTargets targets;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER)
            .build();

    private SupervisorListener(Supervisor supervisor, ScrapeTargets targets) {
        this.supervisor = supervisor;
        this.targets = targets;
    }

    /**
     * Starts to listen, if the environment requests it.
     *
     * @param process name of the supervising process
     * @param stubs the Temporal server that the processes use; null when they find it themselves
     */
    static Optional<ProcessListener> start(
            LocalSettings settings, Supervisor supervisor, String process, @Nullable WorkflowServiceStubs stubs)
            throws IOException {
        if (MetricsAddress.of(settings.environment()).isEmpty()) {
            return Optional.empty();
        }
        SupervisorListener listener = new SupervisorListener(
                supervisor, ScrapeTargets.of(settings.state().path()));
        PrometheusInstruments metrics = new PrometheusInstruments();
        metrics.beforeScrape(() -> supervisor.processes().forEach(one -> {
            metrics.set(ProcessMetric.PROCESS_UP, one.running() ? 1 : 0, one.name());
            metrics.set(ProcessMetric.PROCESS_DEATHS, one.deaths(), one.name());
        }));
        MachineGauges.add(metrics, Map.of("state", settings.state().path()), settings.environment());
        ReadinessChecks checks = new ReadinessChecks();
        if (stubs != null) {
            checks.with(
                    "temporal",
                    () -> ServerProbe.answers(stubs, ANSWER) ? null : "the Temporal server does not answer");
        }
        checks.with("processes", listener::processes);
        return ProcessListener.start(
                settings.environment(),
                settings.state().path(),
                new ProcessListener.Shown(process, "supervisor", metrics, checks, () -> null, Map.of()));
    }

    /** What is not ready of each process; all are asked at once. */
    private @Nullable String processes() {
        Map<String, CompletableFuture<Optional<String>>> answers = new LinkedHashMap<>();
        for (Supervisor.Supervised one : supervisor.processes()) {
            if (!one.name().equals(LocalServer.NAME)) {
                answers.put(
                        one.name(),
                        one.running()
                                ? problem(one.name())
                                : CompletableFuture.completedFuture(Optional.of("it does not run")));
            }
        }
        List<String> problems = new ArrayList<>();
        answers.forEach(
                (process, answer) -> answer.join().ifPresent(problem -> problems.add(process + ": " + problem)));
        return problems.isEmpty() ? null : String.join("; ", problems);
    }

    private CompletableFuture<Optional<String>> problem(String process) {
        Optional<String> target = targets.target(process);
        if (target.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.of("it does not listen yet"));
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + target.get() + "/ready"))
                .timeout(ANSWER)
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).handle((answer, failure) -> {
            if (failure != null) {
                return Optional.of("it does not answer");
            }
            return answer.statusCode() == OK ? Optional.empty() : Optional.of("not ready: " + parts(answer.body()));
        });
    }

    /** The names of the parts that are not ready. */
    private static String parts(String body) {
        try {
            return StreamSupport.stream(
                            StrictJson.MAPPER.readTree(body).path("parts").spliterator(), false)
                    .filter(part -> !part.path("ready").asBoolean())
                    .map(part -> part.path("name").asText())
                    .collect(Collectors.joining(", "));
        } catch (JsonProcessingException other) {
            return "its answer is not JSON";
        }
    }
}
