package dev.septet.workers.serve.model;

import dev.septet.activities.audit.Arm;
import dev.septet.activities.serving.Route;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline's route with its open models.
 *
 * @param base the champion's base model; null when it is not known
 */
record ServedPipeline(
        Route route,
        HostedBackend champion,
        @Nullable HostedBackend challenger,
        @Nullable HostedBackend base) {
    /** All model names of the pipeline. */
    Map<String, ModelEntry> entries() {
        String name = route.pipeline();
        Map<String, ModelEntry> entries = new LinkedHashMap<>();
        HostedBackend trial = challenger;
        entries.put(
                name,
                new ModelEntry(
                        name,
                        Arm.CHAMPION,
                        champion,
                        trial == null
                                ? null
                                : new ModelEntry.Challenger(
                                        trial, new TrafficShare(name + "/" + trial.version(), route.share()))));
        entries.put(name + "@" + champion.version(), ModelEntry.named(name, champion));
        if (trial != null) {
            entries.put(name + "@" + trial.version(), ModelEntry.named(name, trial));
        }
        if (base != null) {
            entries.put(name + ":base", ModelEntry.named(name, base));
        }
        return entries;
    }

    Set<HostedBackend> hosted() {
        Set<HostedBackend> all = new LinkedHashSet<>();
        all.add(champion);
        if (challenger != null) {
            all.add(challenger);
        }
        if (base != null) {
            all.add(base);
        }
        return all;
    }
}
