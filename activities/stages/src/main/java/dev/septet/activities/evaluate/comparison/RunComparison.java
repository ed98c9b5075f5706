package dev.septet.activities.evaluate.comparison;

import dev.septet.activities.evaluate.report.SummaryLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Several runs side by side.
 *
 * @param runs in the user's order
 * @param baseline index of the run that the others are compared with
 * @param rows each value of any run
 * @param facts each fact of any run
 * @param changes what differs between the pipeline files of the baseline and of each other run
 */
public record RunComparison(
        List<ComparedRun> runs, int baseline, List<Line> rows, List<Fact> facts, List<SpecChanges> changes) {
    /** More runs make a table that nobody reads. */
    public static final int MOST_RUNS = 10;

    /** A result that says so, is wrong in at most this share of cases. */
    static final double LEVEL = 0.05;

    public RunComparison {
        runs = List.copyOf(runs);
        rows = List.copyOf(rows);
        facts = List.copyOf(facts);
        changes = List.copyOf(changes);
    }

    /**
     * One measure of all runs.
     *
     * @param values of each run; null where a run did not measure it
     * @param contrasts of the baseline and each other run that measured it
     * @param best index of the run that is better than every other comparable one; null when none is shown to be
     */
    public record Line(
            MeasuredValue.Kind kind,
            String metric,
            String set,
            List<@Nullable MeasuredValue> values,
            List<Contrast> contrasts,
            @Nullable Integer best) {}

    /** A fact of all runs; null where it is not recorded. */
    public record Fact(String name, List<@Nullable String> values) {
        /** Whether the recorded values differ. */
        public boolean differs() {
            return new LinkedHashSet<>(values).size() > 1;
        }
    }

    /**
     * Compares runs.
     *
     * @param runs at least two, with different names
     * @param baseline index of the run that the others are compared with
     * @throws ComparisonProblem when predictions of a run cannot be read
     */
    public static RunComparison of(List<ComparedRun> runs, int baseline) throws java.io.IOException {
        Map<MeasuredValue.Key, List<@Nullable MeasuredValue>> all = new LinkedHashMap<>();
        for (int run = 0; run < runs.size(); run++) {
            for (MeasuredValue value : runs.get(run).results().values()) {
                List<@Nullable MeasuredValue> values = all.get(value.key());
                if (values == null) {
                    values = new ArrayList<>(java.util.Collections.nCopies(runs.size(), null));
                    all.put(value.key(), values);
                }
                values.set(run, value);
            }
        }
        Map<MeasuredValue.Kind, Map<String, List<MeasuredValue.Key>>> grouped = new TreeMap<>();
        for (MeasuredValue.Key key : all.keySet()) {
            grouped.computeIfAbsent(key.kind(), kind -> new LinkedHashMap<>())
                    .computeIfAbsent(key.set(), set -> new ArrayList<>())
                    .add(key);
        }
        Map<String, List<MeasuredValue.Key>> sets = new LinkedHashMap<>();
        grouped.values()
                .forEach(kind -> kind.forEach((set, keys) ->
                        sets.computeIfAbsent(set, name -> new ArrayList<>()).addAll(keys)));
        Map<MeasuredValue.Key, Line> computed = new HashMap<>();
        for (Map.Entry<String, List<MeasuredValue.Key>> set : sets.entrySet()) { // the answers of one set at a time
            SetRows rows = SetRows.read(runs, set.getKey());
            for (MeasuredValue.Key key : set.getValue()) {
                List<@Nullable MeasuredValue> values = all.getOrDefault(key, List.of());
                computed.put(key, new LineContrasts(runs, baseline, rows, values).line(key));
            }
        }
        List<Line> lines = grouped.values().stream()
                .flatMap(kind -> kind.values().stream())
                .flatMap(List::stream)
                .map(key -> Objects.requireNonNull(computed.get(key)))
                .toList();
        List<SpecChanges> changes = new ArrayList<>();
        for (int run = 0; run < runs.size(); run++) {
            if (run != baseline) {
                changes.add(SpecChanges.between(runs.get(baseline), runs.get(run), run));
            }
        }
        return new RunComparison(runs, baseline, lines, facts(runs), changes);
    }

    private static List<Fact> facts(List<ComparedRun> runs) {
        List<Map<String, String>> known = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (ComparedRun run : runs) {
            Map<String, String> facts = new LinkedHashMap<>();
            run.facts().forEach(fact -> facts.put(fact.name(), fact.value()));
            new TreeMap<>(run.results().lineage()).forEach(facts::putIfAbsent);
            new TreeMap<>(run.results().settings()).forEach(facts::putIfAbsent);
            for (SummaryLine fact : run.results().facts()) {
                facts.putIfAbsent(fact.name(), fact.value());
            }
            known.add(facts);
            names.addAll(facts.keySet());
        }
        List<Fact> facts = new ArrayList<>();
        for (String name : names) {
            List<@Nullable String> values = new ArrayList<>();
            known.forEach(run -> values.add(run.get(name)));
            facts.add(new Fact(name, values));
        }
        return facts;
    }
}
