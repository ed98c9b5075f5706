package dev.septet.workers.serve.model;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.llm.format.FormatProblem;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.LazyBackend;
import dev.septet.workers.serve.guard.ServedGuard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the served models of pipelines equal to their published routes. Each check opens new
 * models, swaps the names atomically, and retires models that no name uses.
 */
public final class RouteReloader {
    private static final Logger LOG = LoggerFactory.getLogger(RouteReloader.class);

    private final Routes routes;
    private final VariantOpener opener;
    private final Models models;
    private final AuditBook audit;
    private final PipelineNames pipelineNames;
    private final Clock clock;
    private final Map<String, ServedPipeline> served = new TreeMap<>();
    private final Map<String, String> problems = new TreeMap<>();

    /** Supplies the pipelines to serve; called at each check. */
    @FunctionalInterface
    public interface PipelineNames {
        /** The names of the pipelines to serve. */
        Collection<String> pipelines() throws IOException;
    }

    /**
     * @param audit audit logs of the served models
     */
    public RouteReloader(
            Routes routes, VariantOpener opener, Models models, AuditBook audit, PipelineNames pipelineNames) {
        this(routes, opener, models, audit, pipelineNames, Clock.systemUTC());
    }

    /** With another clock, for tests. */
    public RouteReloader(
            Routes routes,
            VariantOpener opener,
            Models models,
            AuditBook audit,
            PipelineNames pipelineNames,
            Clock clock) {
        this.clock = clock;
        this.routes = routes;
        this.opener = opener;
        this.models = models;
        this.audit = audit;
        this.pipelineNames = pipelineNames;
    }

    /**
     * Applies the routes once. If a model cannot be opened, the earlier model continues to answer.
     */
    public synchronized void reload() {
        try {
            Set<String> now = new TreeSet<>(pipelineNames.pipelines());
            now.forEach(this::follow);
            Set<String> removed = new TreeSet<>(served.keySet());
            removed.removeAll(now);
            removed.forEach(this::remove);
            problems.remove("");
        } catch (IOException | RuntimeException e) {
            report("", e);
        }
    }

    /** The problems of the last check, by pipeline; the key "" is the store itself. */
    public synchronized Map<String, String> problems() {
        return Map.copyOf(problems);
    }

    private void follow(String pipeline) {
        try {
            Route current = routes.route(pipeline).orElse(null);
            ServedPipeline before = served.get(pipeline);
            if (current == null) {
                return;
            }
            Route route = current.at(clock.millis());
            if (before != null && before.route().equals(route)) {
                return;
            }
            if (route.challenger() == null && current.challenger() != null) {
                LOG.warn("no canary follows the trial for {} any more; the champion answers", pipeline);
            }
            audit.open(pipeline);
            ServedPipeline after = open(route, before);
            models.replace(before == null ? Map.of() : before.entries(), after.entries());
            served.put(pipeline, after);
            problems.remove(pipeline);
            LOG.info(
                    "serving {} by generation {} of its route: {}{}",
                    pipeline,
                    route.generation(),
                    route.champion().version(),
                    route.challenger() == null
                            ? ""
                            : " and " + route.challenger().version());
            if (before != null) {
                Set<HostedBackend> removed = new HashSet<>(before.hosted());
                removed.removeAll(after.hosted());
                removed.forEach(HostedBackend::retire);
            }
        } catch (IOException | RuntimeException e) {
            report(pipeline, e);
        }
    }

    private void remove(String pipeline) {
        ServedPipeline last = served.remove(pipeline);
        if (last != null) {
            models.replace(last.entries(), Map.of());
            last.hosted().forEach(HostedBackend::retire);
            LOG.info("{} is no longer served here", pipeline);
        }
    }

    private ServedPipeline open(Route route, @Nullable ServedPipeline before) throws IOException {
        HostedBackend champion = hosted(route.champion(), before);
        Variant trial = route.challenger();
        try {
            return new ServedPipeline(
                    route,
                    champion,
                    trial == null ? null : hosted(trial, before),
                    base(route.champion(), champion.guard(), before));
        } catch (IOException | RuntimeException e) {
            if (before == null || !before.hosted().contains(champion)) {
                champion.retire();
            }
            throw e;
        }
    }

    private HostedBackend hosted(Variant variant, @Nullable ServedPipeline before) throws IOException {
        if (before != null) {
            for (HostedBackend known : before.hosted()) {
                if (known.version().equals(variant.version())) {
                    return known;
                }
            }
        }
        // The guard first: a model whose guard cannot be opened is not served.
        ServedGuard guard = opener.guard(variant);
        try {
            return new HostedBackend(variant.version(), opener.open(variant), guard);
        } catch (IOException | RuntimeException | Error e) {
            if (guard != null) {
                guard.close();
            }
            throw e;
        }
    }

    /** The base model has the champion's guard: no name of the pipeline leads past it. */
    private @Nullable HostedBackend base(Variant champion, @Nullable ServedGuard guard, @Nullable ServedPipeline before)
            throws IOException {
        var base = champion.base();
        if (base == null) {
            return null;
        }
        HostedBackend known = before == null ? null : before.base();
        String version = base.sha256().substring(0, champion.version().length());
        if (known != null
                && known.version().equals(version)
                && known.guardedBy(guard == null ? null : guard.digest())) {
            return known;
        }
        ServedGuard shared = guard == null ? null : opener.guard(champion);
        return new HostedBackend(
                version,
                new LazyBackend(() -> {
                    try {
                        return opener.base(champion);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }),
                shared);
    }

    /** Logs a problem once, not at each check. */
    private void report(String pipeline, Exception problem) {
        String message = String.valueOf(problem.getMessage());
        if (!message.equals(problems.put(pipeline, message))) {
            LOG.warn(
                    "cannot follow the route of '{}': {}",
                    pipeline,
                    message,
                    problem instanceof FormatProblem || problem instanceof StageProblem ? null : problem);
        }
    }
}
