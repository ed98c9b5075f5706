package dev.septet.activities.prepare.label;

import dev.septet.dsl.pipeline.prepare.LabelSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The label of each kind of votes, by {@link DawidSkene}, and the table of the functions. */
final class LabelModel {
    /** No label: no votes, or several labels that are equally probable. */
    static final int NONE = -1;

    /** Probabilities that are this close are equal. */
    private static final double TIE = 1e-9;

    private final int[] labels;
    private final int count;
    private final Map<Votes, double[]> probabilities = new HashMap<>();

    private LabelModel(int[] labels, int count) {
        this.labels = labels;
        this.count = count;
    }

    static LabelModel fit(int[] labels, int count, SortedMap<Votes, Long> rows) {
        SortedMap<Votes, Long> voting = new TreeMap<>(rows);
        voting.remove(Votes.NONE);
        LabelModel model = new LabelModel(labels, count);
        DawidSkene fitted = DawidSkene.fit(labels, count, voting);
        voting.keySet().forEach(votes -> model.probabilities.put(votes, fitted.posterior(votes)));
        return model;
    }

    /** The most probable label of a row, or {@link #NONE}. */
    int label(Votes votes) {
        double[] each = probabilities.get(votes);
        return each == null ? NONE : largest(each);
    }

    private static int largest(double[] values) {
        int best = 0;
        boolean tie = false;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best] + TIE) {
                best = i;
                tie = false;
            } else if (values[i] > values[best] - TIE) {
                tie = true;
            }
        }
        return tie ? NONE : best;
    }

    /** The most frequent label among the votes, or {@link #NONE}. */
    private int majority(Votes votes) {
        double[] counts = new double[count];
        for (int j = 0; j < labels.length; j++) {
            counts[labels[j]] += votes.has(j) ? 1 : 0;
        }
        return largest(counts);
    }

    /**
     * The table.
     *
     * @param golds number of rows with each gold label, by votes; -1 is a label that no function votes for
     */
    LabelTable table(LabelSpec spec, Map<Votes, Long> rows, Map<Votes, SortedMap<Integer, Long>> golds) {
        long all = rows.values().stream().mapToLong(Long::longValue).sum();
        long undecided = 0;
        long conflicts = 0;
        Map<String, Long> given = new LinkedHashMap<>();
        spec.labels().forEach(label -> given.put(label, 0L));
        for (Map.Entry<Votes, Long> row : rows.entrySet()) {
            int label = label(row.getKey());
            if (label != NONE) {
                given.merge(spec.labels().get(label), row.getValue(), Long::sum);
            } else if (!row.getKey().equals(Votes.NONE)) {
                undecided += row.getValue();
            }
            conflicts += different(row.getKey()) > 1 ? row.getValue() : 0;
        }
        List<LabelTable.Function> functions = new ArrayList<>();
        for (int j = 0; j < labels.length; j++) {
            functions.add(function(spec.votes().get(j), j, all, rows, golds));
        }
        return new LabelTable(
                spec.field(),
                all,
                rows.getOrDefault(Votes.NONE, 0L),
                undecided,
                conflicts,
                given,
                gold(golds),
                functions);
    }

    /** Number of different labels among the votes. */
    private long different(Votes votes) {
        long seen = 0;
        for (int j = 0; j < labels.length; j++) {
            seen |= votes.has(j) ? 1L << labels[j] : 0;
        }
        return Long.bitCount(seen);
    }

    private LabelTable.Function function(
            LabelSpec.Vote vote, int j, long all, Map<Votes, Long> rows, Map<Votes, SortedMap<Integer, Long>> golds) {
        long voted = 0;
        long overlaps = 0;
        long conflicts = 0;
        double right = 0;
        for (Map.Entry<Votes, Long> row : rows.entrySet()) {
            Votes votes = row.getKey();
            double[] probability = probabilities.get(votes);
            if (!votes.has(j) || probability == null) {
                continue;
            }
            voted += row.getValue();
            overlaps += votes.equals(Votes.NONE.with(j)) ? 0 : row.getValue();
            conflicts += different(votes) > 1 ? row.getValue() : 0;
            right += probability[labels[j]] * row.getValue();
        }
        long known = 0;
        long correct = 0;
        for (Map.Entry<Votes, SortedMap<Integer, Long>> row : golds.entrySet()) {
            if (row.getKey().has(j)) {
                known += LabelFunctions.sum(row.getValue());
                correct += row.getValue().getOrDefault(labels[j], 0L);
            }
        }
        return new LabelTable.Function(
                vote.name(),
                vote.label(),
                share(voted, all),
                share(overlaps, all),
                share(conflicts, all),
                voted == 0 ? null : share(right, voted),
                known == 0 ? null : share(correct, known));
    }

    private LabelTable.@Nullable Gold gold(Map<Votes, SortedMap<Integer, Long>> golds) {
        long known = 0;
        long labelled = 0;
        long right = 0;
        long majorityRight = 0;
        for (Map.Entry<Votes, SortedMap<Integer, Long>> row : golds.entrySet()) {
            long own = LabelFunctions.sum(row.getValue());
            int label = label(row.getKey());
            known += own;
            if (label != NONE) {
                labelled += own;
                right += row.getValue().getOrDefault(label, 0L);
                int most = majority(row.getKey());
                majorityRight += most == NONE ? 0 : row.getValue().getOrDefault(most, 0L);
            }
        }
        return labelled == 0
                ? null
                : new LabelTable.Gold(known, labelled, share(right, labelled), share(majorityRight, labelled));
    }

    private static double share(long part, long all) {
        return share((double) part, all);
    }

    /** A share with four decimals. */
    private static double share(double part, long all) {
        return all == 0 ? 0 : Math.round(1e4 * part / all) / 1e4;
    }
}
