package dev.septet.activities.canary;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.secret.Secrets;
import dev.septet.activities.serving.Endpoint;
import dev.septet.activities.serving.Endpoints;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.SecretRef;
import dev.septet.workflows.canary.CanaryFinding;
import dev.septet.workflows.canary.CanaryTrial;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs the probes of trials. This worker sends each probe's questions once, because the same
 * questions get the same answers.
 */
final class CanaryProbes {
    static final String USUAL = "exactMatch";

    private final Endpoints endpoints;
    private final PipelineFiles files;
    private final Secrets secrets;
    private final Map<ProbeKey, CanaryFinding> known = new ConcurrentHashMap<>();

    /** Everything that a probe's answers depend on. */
    private record ProbeKey(String pipeline, String run, String probe, String champion, String challenger) {}

    CanaryProbes(ArtifactStore store, PipelineFiles files, Secrets secrets) {
        this.endpoints = new Endpoints(store);
        this.files = files;
        this.secrets = secrets;
    }

    /**
     * The probe's finding; empty when the pipeline has no probe. A server that does not answer, for
     * example because it has not loaded the new model yet, proves nothing, but the trial cannot
     * pass.
     */
    Optional<CanaryFinding> finding(CanaryTrial trial, Route route, CanaryProbe.Listener listener) throws IOException {
        String file = trial.spec().probe();
        Variant challenger = route.challenger();
        if (file == null || challenger == null) {
            return Optional.empty();
        }
        ProbeKey key = new ProbeKey(
                route.pipeline(), trial.run().runId(), file, route.champion().version(), challenger.version());
        CanaryFinding before = known.get(key);
        if (before != null) {
            return Optional.of(before);
        }
        CanaryProbe probe = CanaryProbe.of(files.read(trial.run(), file), file, metric(trial));
        try {
            CanaryFinding found = probe.compare(
                    client(key.pipeline(), key.champion()), client(key.pipeline(), key.challenger()), listener);
            known.put(key, found);
            return Optional.of(found);
        } catch (IOException unanswered) {
            return Optional.of(new CanaryFinding(
                    CanaryProbe.MEASURE, 0, 0, false, true, "probe: not answered yet: " + unanswered.getMessage()));
        }
    }

    private static Metric metric(CanaryTrial trial) {
        for (String name : trial.metrics()) {
            Optional<Metric> known = known(name);
            if (known.isPresent() && known.get().readsTextOnly()) {
                return known.get();
            }
        }
        return Metrics.named(USUAL);
    }

    /** The metric of this name. Empty for a {@code score} expression, which has no {@code Metric} class. */
    private static Optional<Metric> known(String name) {
        try {
            return Optional.of(Metrics.named(name));
        } catch (IllegalArgumentException own) {
            return Optional.empty();
        }
    }

    private dev.septet.activities.deploy.chain.ChainEndpoint client(String pipeline, String version)
            throws IOException {
        Endpoint served = endpoints.all().get(pipeline);
        if (served == null) {
            throw new IOException("'%s' is served nowhere".formatted(pipeline));
        }
        return new dev.septet.activities.deploy.chain.ChainEndpoint(
                URI.create(served.url()), pipeline + "@" + version, key(served.key(), pipeline));
    }

    private @Nullable String key(@Nullable String name, String pipeline) {
        return name == null
                ? null
                : secrets.value(new SecretRef(name), pipeline).value();
    }
}
