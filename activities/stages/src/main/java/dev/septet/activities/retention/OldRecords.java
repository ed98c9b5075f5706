package dev.septet.activities.retention;

import dev.septet.activities.result.StoredResult;
import dev.septet.activities.store.Storage;
import java.io.IOException;
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
            "energy/");

    /** Which trainings of the same result have checkpoints. */
    private static final String UNFINISHED = "unfinished/";

    private OldRecords() {}

    /** Whether this version of Septet does not know a record. */
    static boolean isUnknown(String name) {
        return !KeptContents.startsWith(RESULTS, name)
                && !isAnswer(name)
                && !KeptContents.startsWith(RUNS, name)
                && !name.startsWith(UNFINISHED);
    }

    static boolean isAnswer(String name) {
        return KeptContents.startsWith(ANSWERS, name);
    }

    /**
     * The records that leave, in the order of their removal.
     *
     * @param staying digests of the artifacts that are in the store after the removal of the others
     * @param scopes scopes whose checkpoints are in the store after that
     */
    static List<Storage.Used> of(
            StoreGraph graph, KeptContents kept, OpenWork open, Set<String> staying, Set<String> scopes)
            throws IOException {
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
                    || (name.startsWith(UNFINISHED) && !scopes.isEmpty());
            if (!needed) {
                old.add(record);
            }
        }
        return old;
    }
}
