package dev.septet.activities.retention;

import dev.septet.activities.result.StoredResult;
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
    /** Results of stages, runs, and who read a dataset. They leave when their artifacts have left. */
    private static final List<String> RESULTS = List.of("results/", "superseded/", "versions/", "readers/", "forms/");

    /** Answers of models, which can be computed or requested again. */
    private static final List<String> ANSWERS = List.of(
            "predictions/", "answers/", "vectors/", "seconds/", "similarities/", "guard-verdicts/", "benchmarks/");

    /** State of one run: the second part of the name is the run's id. */
    private static final List<String> RUNS = List.of(
            "runs/",
            "attempts/",
            "steering/",
            "shortages/",
            "tally/",
            "sources/",
            "answer-budgets/",
            "trainers/",
            "energy/",
            "run-use/",
            "tracking/",
            "fine-tuning/",
            "bedrock/");

    /** A model that ever had a route, in {@code variants/PIPELINE/SHA256}. The evidence of the version is found by it. */
    private static final String VARIANTS = "variants/";

    /** Which trainings of the same result have checkpoints. */
    private static final String UNFINISHED = "unfinished/";

    /** What teams used on a day, in {@code usage/TEAM/DAY/KEY}. They name no artifacts. */
    private static final String USAGE = "usage/";

    /** The longest period of a quota is a month. The second month covers clocks that differ, and questions that come late. */
    private static final Duration USAGE_AGE = Duration.ofDays(62);

    private OldRecords() {}

    /** Whether this version of Septet does not know a record. */
    static boolean isUnknown(String name) {
        return !KeptContents.startsWith(RESULTS, name)
                && !isAnswer(name)
                && !KeptContents.startsWith(RUNS, name)
                && !name.startsWith(VARIANTS)
                && !name.startsWith(UNFINISHED)
                && !name.startsWith(USAGE);
    }

    static boolean isAnswer(String name) {
        return KeptContents.startsWith(ANSWERS, name);
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
            if (kept.records().contains(name) || isUnknown(name)) {
                continue;
            }
            StoredResult result = results.get(name);
            String second = name.split("/", -1)[1];
            boolean needed = (result != null && KeptContents.holdsAny(result, staying))
                    || (KeptContents.startsWith(RUNS, name) && runs.contains(second))
                    || (name.startsWith("readers/") && datasets.contains(second))
                    || (name.startsWith("forms/")
                            && (staying.contains(second)
                                    || kept.versions().all().contains(second)))
                    || (name.startsWith(VARIANTS) && isNeeded(name, graph, kept, staying))
                    || (name.startsWith(UNFINISHED) && !scopes.isEmpty())
                    || (name.startsWith(USAGE) && !isBefore(name, counted));
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
