package dev.septet.workers.observe;

import dev.septet.llm.format.StrictJson;
import dev.septet.settings.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a process to programs that watch it: its metrics, whether it is healthy, whether it is ready, and the processes that
 * share its state folder. Closing it removes the process from the targets of Prometheus.
 */
public final class ProcessListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessListener.class);

    private final MetricsServer server;
    private final AutoCloseable published;

    private ProcessListener(MetricsServer server, AutoCloseable published) {
        this.server = server;
        this.published = published;
    }

    /**
     * What a process shows.
     *
     * @param process name of the process, unique in its state folder
     * @param kind what it does: {@code worker}, {@code server} or {@code supervisor}
     * @param health returns why the process must be started again; null when it is healthy
     * @param more further paths
     */
    public record Shown(
            String process,
            String kind,
            PrometheusInstruments instruments,
            ReadinessChecks readiness,
            Supplier<@Nullable String> health,
            Map<String, MetricsServer.Path> more) {
        public Shown {
            more = Map.copyOf(more);
        }
    }

    /**
     * Starts the listener that the environment requests; empty when it requests none.
     *
     * @param state the state folder
     * @throws IOException when it cannot listen; the message is for users
     */
    public static Optional<ProcessListener> start(Map<String, String> environment, Path state, Shown shown)
            throws IOException {
        Optional<MetricsAddress> address = MetricsAddress.of(environment);
        if (address.isEmpty()) {
            return Optional.empty();
        }
        PrometheusInstruments instruments = shown.instruments();
        ScrapeTargets targets = ScrapeTargets.of(state);
        instruments.beforeScrape(() -> shown.readiness()
                .recent()
                .forEach(part -> instruments.set(ProcessMetric.READY, part.ready() ? 1 : 0, part.name())));
        Map<String, MetricsServer.Path> paths = new LinkedHashMap<>();
        paths.put(
                "/metrics",
                () -> new MetricsServer.Answer(200, PrometheusInstruments.CONTENT_TYPE, instruments.scrape()));
        paths.put("/health", () -> health(shown.health().get()));
        paths.put("/ready", () -> ready(shown.readiness()));
        paths.put("/targets", () -> MetricsServer.Answer.json(200, targets.all()));
        paths.putAll(shown.more());
        MetricsServer server = MetricsServer.start(address.get(), Setting.METRICS_TOKEN.text(environment), paths);
        try {
            ProcessListener started =
                    new ProcessListener(server, targets.publish(shown.process(), shown.kind(), server.target()));
            LOG.info("metrics of {} at http://{}/metrics", shown.process(), server.target());
            return Optional.of(started);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static MetricsServer.Answer health(@Nullable String problem) {
        var body = StrictJson.MAPPER.createObjectNode().put("healthy", problem == null);
        return MetricsServer.Answer.json(
                problem == null ? 200 : 503, problem == null ? body : body.put("problem", problem));
    }

    private static MetricsServer.Answer ready(ReadinessChecks readiness) {
        List<ReadinessChecks.Part> parts = readiness.parts();
        return MetricsServer.Answer.json(ReadinessChecks.ready(parts) ? 200 : 503, ReadinessChecks.json(parts));
    }

    /** Where it listens, such as {@code 127.0.0.1:9464}. */
    public String target() {
        return server.target();
    }

    @Override
    public void close() {
        try {
            published.close();
        } catch (Exception e) {
            LOG.warn("the file of this process's metrics cannot be removed", e);
        }
        server.close();
    }
}
