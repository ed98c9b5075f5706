package dev.septet.workers.local;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.host.LocalPipelines;
import dev.septet.activities.secret.Secrets;
import dev.septet.activities.serving.Endpoint;
import dev.septet.activities.serving.Endpoints;
import dev.septet.dsl.pipeline.SecretRef;
import dev.septet.settings.Setting;
import dev.septet.workers.gpu.GpuEnvironment;
import dev.septet.workers.supervise.ProcessSpec;
import dev.septet.workers.supervise.Supervisor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a model server process for each address of pipelines' {@code http} targets, as long as a
 * target has that address. The server itself finds out which models it serves.
 */
final class TargetServers {
    private static final Logger LOG = LoggerFactory.getLogger(TargetServers.class);

    /** Longer than the time for which streams may continue; see ServeLimits. */
    private static final int GRACE_SECONDS = 40;

    private final LocalSettings settings;
    private final Endpoints endpoints;
    private final LocalPipelines here;
    private final Supervisor supervisor;
    private final Consumer<String> notes;
    private final Map<Integer, Endpoint> kept = new TreeMap<>();
    private final Set<String> told = new HashSet<>();

    /**
     * @param here this machine's host, whose pipelines are served
     * @param notes receives a line for each server that starts, ends, or cannot start
     */
    TargetServers(
            LocalSettings settings,
            Endpoints endpoints,
            LocalPipelines here,
            Supervisor supervisor,
            Consumer<String> notes) {
        this.settings = settings;
        this.endpoints = endpoints;
        this.here = here;
        this.supervisor = supervisor;
        this.notes = notes;
    }

    /** Starts and ends servers to match the published records. */
    synchronized void look() {
        try {
            Map<String, Endpoint> all = ours();
            for (Map.Entry<String, Endpoint> target : all.entrySet()) {
                want(target.getKey(), target.getValue());
            }
            for (Endpoint idle : List.copyOf(kept.values())) {
                if (!all.containsValue(idle)) {
                    kept.remove(idle.port());
                    supervisor.drop(name(idle));
                    notes.accept("no pipeline is served at %s any more".formatted(idle.url()));
                }
            }
        } catch (IOException | RuntimeException e) {
            once("cannot find the http targets: " + e.getMessage());
        }
    }

    private Map<String, Endpoint> ours() throws IOException {
        Map<String, Endpoint> ours = new TreeMap<>();
        for (Map.Entry<String, Endpoint> target : endpoints.all().entrySet()) {
            if (here.has(target.getKey())) {
                ours.put(target.getKey(), target.getValue());
            }
        }
        return ours;
    }

    private void want(String pipeline, Endpoint endpoint) throws IOException {
        Endpoint holder = kept.get(endpoint.port());
        if (holder != null) {
            if (!holder.equals(endpoint)) {
                once(String.format(
                        Locale.ROOT,
                        "'%s' is not served: port %d is another pipeline's, with another host or key",
                        pipeline,
                        endpoint.port()));
            }
            return;
        }
        String keys = "";
        if (endpoint.key() != null) {
            try {
                keys = new Secrets(settings.environment())
                        .value(new SecretRef(endpoint.key()), pipeline)
                        .value();
            } catch (StageProblem missing) {
                once("'%s' is not served: %s".formatted(pipeline, missing.getMessage()));
                return;
            }
        }
        supervisor.keep(spec(endpoint, keys));
        kept.put(endpoint.port(), endpoint);
        notes.accept("Serving '%s' at %s".formatted(pipeline, endpoint.url()));
    }

    private ProcessSpec spec(Endpoint endpoint, String keys) {
        Map<String, String> environment = new HashMap<>(ProcessEnvironment.serving(settings.environment()));
        environment.putAll(TrainingEnvironment.of(settings.environment()));
        environment.putAll(GpuEnvironment.of(settings.state()).missing(settings.environment()));
        environment.put(Setting.STATE.variable(), settings.state().path().toString());
        environment.putAll(MetricsPort.any(settings.environment()));
        environment.put(Setting.API_KEYS.variable(), keys);
        Path logs = settings.state().logs();
        String name = name(endpoint);
        return new ProcessSpec(
                name,
                settings.self()
                        .command(
                                logs.resolve(name + ".log"),
                                List.of("-XX:+UseSerialGC", "-Doffline=true"),
                                List.of(
                                        "serve",
                                        "--targets",
                                        "--host",
                                        endpoint.host(),
                                        "--port",
                                        Integer.toString(endpoint.port()),
                                        // The log file is enough and is rotated, while captured output is not.
                                        "--log-format",
                                        "none")),
                environment,
                logs.resolve(name + ".out"),
                GRACE_SECONDS);
    }

    private static String name(Endpoint endpoint) {
        return "serve-" + endpoint.port();
    }

    private void once(String line) {
        if (told.add(line)) {
            LOG.warn("{}", line);
            notes.accept(line);
        }
    }
}
