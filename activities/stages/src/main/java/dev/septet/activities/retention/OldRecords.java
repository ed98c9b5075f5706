package dev.septet.activities.retention;

import dev.septet.activities.result.StoredResult;
import dev.septet.activities.retention.RecordKind.Retention;
import dev.septet.activities.store.Storage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Records that may be removed when they are old, by what they are for. */
final class OldRecords {
    /** The longest period of a quota is a month. The second month covers clocks that differ, and questions that come late. */
    private static final Duration USAGE_AGE = Duration.ofDays(62);

    private OldRecords() {}

    /** Whether records with this name are never removed, with the artifacts that they name: no version knows what else needs them. */
    static boolean needsArtifacts(String name) {
        return RecordKind.of(name).isEmpty() || RecordKind.isAny(name, Retention.NEEDS);
    }

    /** Whether a record of this name may leave. */
    private static boolean mayLeave(String name) {
        return RecordKind.isAny(name, Retention.RESULT, Retention.ANSWER, Retention.RUN, Retention.OWN_RULE);
    }

    static boolean isAnswer(String name) {
        return RecordKind.isAny(name, Retention.ANSWER);
    }

    /**
     * The records that leave, in the order of their removal.
     *
     * @param staying digests of the artifacts that are in the store after the removal of the others
     * @param scopes scopes whose checkpoints are in the store after that
     * @param now present time
     */
    static List<Storage.Used> of(
            StoreGraph graph,
            KeptContents kept,
            RetentionPolicy policy,
            OpenWork open,
            Set<String> staying,
            Set<String> scopes,
            Instant now)
            throws IOException {
        LocalDate counted = LocalDate.ofInstant(
                now.minus(policy.age().compareTo(USAGE_AGE) > 0 ? policy.age() : USAGE_AGE), ZoneOffset.UTC);
        Map<String, StoredResult> results = new HashMap<>();
        Set<String> datasets = new HashSet<>(staying);
        for (StoredResult result : graph.results()) {
            results.put(result.name(), result);
            if (kept.records().contains(result.name())) {
                result.artifacts().forEach(artifact -> datasets.add(artifact.sha256()));
            }
        }
        Set<String> runs = new HashSet<>(open.runIds());
        scopes.forEach(scope -> runs.add(scope.split("/", -1)[0]));
        List<Storage.Used> old = new ArrayList<>();
        for (Storage.Used record : graph.records().values()) {
            String name = record.name();
            if (kept.records().contains(name) || !mayLeave(name)) {
                continue;
            }
            StoredResult result = results.get(name);
            String second = name.split("/", -1)[1];
            boolean needed = (result != null && KeptContents.holdsAny(result, staying))
                    || (RecordKind.isAny(name, Retention.RUN) && runs.contains(second))
                    || (name.startsWith(RecordKind.READERS.prefix()) && datasets.contains(second))
                    || (name.startsWith(RecordKind.FORMS.prefix())
                            && (staying.contains(second)
                                    || kept.versions().all().contains(second)))
                    || (name.startsWith(RecordKind.VARIANTS.prefix()) && isNeeded(name, graph, kept, staying))
                    || (name.startsWith(RecordKind.UNFINISHED.prefix()) && !scopes.isEmpty())
                    || (name.startsWith(RecordKind.USAGE.prefix()) && !isBefore(name, counted));
            if (!needed) {
                old.add(record);
            }
        }
        return old;
    }

    /**
     * Whether a version's record says something that no other place says. A version that a result or the alias's history names
     * is evidence, also when its export has left.
     */
    private static boolean isNeeded(String variant, StoreGraph graph, KeptContents kept, Set<String> staying) {
        String sha256 = variant.substring(variant.lastIndexOf('/') + 1);
        return staying.contains(sha256)
                || kept.versions().kept().contains(sha256)
                || kept.versions().moved().contains(sha256)
                || !graph.producers(sha256).isEmpty();
    }

    /** Whether a record of use is of an earlier day; false for a name that is none of this version. */
    private static boolean isBefore(String usage, LocalDate day) {
        String[] parts = usage.split("/", -1);
        try {
            return parts.length == 4 && LocalDate.parse(parts[2]).isBefore(day);
        } catch (DateTimeParseException other) {
            return false;
        }
    }
}
