package dev.septet.workers.cli.serve;

import dev.septet.activities.store.FileModes;
import dev.septet.workers.StateFolder;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.observe.Instruments;
import dev.septet.workers.observe.MachineGauges;
import dev.septet.workers.observe.MetricsAddress;
import dev.septet.workers.observe.ProcessListener;
import dev.septet.workers.observe.PrometheusInstruments;
import dev.septet.workers.observe.ReadinessChecks;
import dev.septet.workers.serve.Observed;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The metrics, health and readiness of {@code septet serve}, from before its models are opened until its last answer. */
final class ServeListener implements AutoCloseable {
    /** A probe writes a file to the disk of the audit logs. */
    private static final Duration WRITE_FRESH = Duration.ofSeconds(10);

    private final Models models;
    private final Observed observed;
    private final boolean emptyIsReady;
    private volatile boolean opened;
    private volatile boolean ending;
    private Optional<ProcessListener> listener = Optional.empty();

    private ServeListener(Models models, Instruments instruments, boolean emptyIsReady, @Nullable StateFolder audited) {
        this.models = models;
        this.emptyIsReady = emptyIsReady;
        ReadinessChecks checks =
                new ReadinessChecks().with("models", this::models).with("guards", Observed.guards(models));
        if (audited != null) {
            checks.with("audit", WRITE_FRESH, () -> write(audited));
        }
        this.observed = new Observed(instruments, checks);
    }

    /**
     * Starts to listen, if the environment requests it.
     *
     * @param port port of the model server, which names the process; 0 = its process id names it
     * @param emptyIsReady whether a server without a model is ready, because publications follow
     * @param audited whether answers of pipelines are recorded
     */
    static ServeListener start(Session session, Models models, int port, boolean emptyIsReady, boolean audited)
            throws IOException {
        Map<String, String> environment = session.environment();
        PrometheusInstruments metrics = MetricsAddress.of(environment).isPresent() ? new PrometheusInstruments() : null;
        ServeListener started = new ServeListener(
                models, metrics == null ? Instruments.NONE : metrics, emptyIsReady, audited ? session.state() : null);
        if (metrics != null) {
            MachineGauges.add(metrics, Map.of("state", session.state().path()), environment);
            started.listener = ProcessListener.start(
                    environment,
                    session.state().path(),
                    new ProcessListener.Shown(
                            "serve-" + (port == 0 ? ProcessHandle.current().pid() : port),
                            "server",
                            metrics,
                            started.observed.readiness(),
                            started.observed.answers()::problem,
                            Map.of()));
        }
        return started;
    }

    /** How the model server is observed. */
    Observed observed() {
        return observed;
    }

    /** All models of the start are open, and the server listens. */
    void opened() {
        opened = true;
    }

    /** The server takes no new requests. */
    void ending() {
        ending = true;
    }

    /** The address of the metrics; empty when they are off. */
    Optional<String> address() {
        return listener.map(at -> String.format(Locale.ROOT, "http://%s/metrics", at.target()));
    }

    private @Nullable String models() {
        if (ending) {
            return "the server is ending and takes no new requests";
        }
        if (!opened) {
            return "the models are being loaded";
        }
        return models.names().isEmpty() && !emptyIsReady ? "no model is served" : null;
    }

    /** The file is not in the folder of the logs, where others would take it for a log. */
    private static @Nullable String write(StateFolder state) throws IOException {
        if (!Files.isWritable(FileModes.OWNER.folder(state.audit()))) {
            return "the folder of the audit logs cannot be written";
        }
        Path probe = state.path().resolve(".ready-" + ProcessHandle.current().pid());
        try {
            FileModes.OWNER.write(probe, "ready\n");
        } finally {
            Files.deleteIfExists(probe);
        }
        return null;
    }

    @Override
    public void close() {
        listener.ifPresent(ProcessListener::close);
    }
}
