package dev.septet.workers.serve.model;

import dev.septet.activities.audit.Arm;
import dev.septet.activities.serving.Route;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A pipeline's route with its models open.
 *
 * @param base what the champion was made from; null when that is not known
 */
record Served(Route route, Hosted champion, @Nullable Hosted challenger, @Nullable Hosted base) {
    /** Every name of the pipeline. */
    Map<String, Entry> entries() {
        String name = route.pipeline();
        Map<String, Entry> entries = new LinkedHashMap<>();
        Hosted trial = challenger;
        entries.put(
                name,
                new Entry(
                        name,
                        Arm.CHAMPION,
                        champion,
                        trial == null
                                ? null
                                : new Entry.Challenger(
                                        trial,
                                        new Share(name + "/" + trial.version(), route.share()))));
        entries.put(name + "@" + champion.version(), Entry.named(name, champion));
        if (trial != null) {
            entries.put(name + "@" + trial.version(), Entry.named(name, trial));
        }
        if (base != null) {
            entries.put(name + ":base", Entry.named(name, base));
        }
        return entries;
    }

    Set<Hosted> hosted() {
        Set<Hosted> all = new LinkedHashSet<>();
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
