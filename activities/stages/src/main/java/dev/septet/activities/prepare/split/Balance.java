package dev.septet.activities.prepare.split;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.pipeline.prepare.BalanceSpec;
import dev.septet.dsl.text.PublicText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The classes of the training split after balancing. A row without a class is written once.
 *
 * @see <a href="https://scikit-learn.org/stable/modules/generated/sklearn.utils.class_weight.compute_class_weight.html">
 *     balanced class weights, n / (k n_c)</a>
 */
public final class Balance {
    /** A row that is repeated more often than this would be memorized. */
    static final int MAX_COPIES = 100;

    private final BalanceSpec spec;
    private final int[] copies;
    private final float[] weights;
    private final SortedMap<String, BalancedClasses.Count> classes = new TreeMap<>();

    private Balance(BalanceSpec spec, int rows) {
        this.spec = spec;
        this.copies = new int[weighted(spec) ? 0 : rows];
        this.weights = new float[weighted(spec) ? rows : 0];
    }

    /**
     * Balances the training rows.
     *
     * @param sampled whether the rows are only a sample, whose classes may be too small
     * @param training numbers of the training rows
     * @param keys the choice between rows of a class
     * @throws DatasetProblem when {@code oversample} would repeat a row more than {@value #MAX_COPIES} times
     */
    static Balance of(BalanceSpec spec, boolean sampled, RowClasses labels, int[] training, SplitKeys keys) {
        int[] ids = labels.ids();
        Balance balance = new Balance(spec, ids.length);
        List<List<Integer>> members = members(labels, ids, training);
        List<Integer> without = Arrays.stream(training)
                .filter(row -> ids[row] == RowClasses.NONE)
                .boxed()
                .toList();
        long classes = members.stream().filter(list -> !list.isEmpty()).count();
        int largest = members.stream().mapToInt(List::size).max().orElse(0);
        int smallest = members.stream()
                .mapToInt(List::size)
                .filter(size -> size > 0)
                .min()
                .orElse(0);
        without.forEach(row -> balance.set(row, 1, 1));
        for (int id = 0; id < members.size(); id++) {
            List<Integer> own = members.get(id);
            if (own.isEmpty()) {
                continue;
            }
            int wanted = spec.by() == BalanceSpec.Method.UNDERSAMPLE ? smallest : largest;
            if (spec.by() == BalanceSpec.Method.OVERSAMPLE && !sampled) {
                requireCopies(labels, id, own.size(), largest);
            }
            own.sort(Comparator.comparingLong(keys::choiceAt));
            float weight = (float) ((double) (training.length - without.size()) / classes / own.size());
            for (int at = 0; at < own.size(); at++) {
                balance.set(own.get(at), wanted / own.size() + (at < wanted % own.size() ? 1 : 0), weight);
            }
            balance.classes.put(
                    labels.name(id), new BalancedClasses.Count(own.size(), balance.weighted() ? own.size() : wanted));
        }
        return balance;
    }

    private static List<List<Integer>> members(RowClasses labels, int[] ids, int[] training) {
        List<List<Integer>> members = new ArrayList<>();
        for (int id = 0; id < labels.count(); id++) {
            members.add(new ArrayList<>());
        }
        Arrays.stream(training)
                .filter(row -> ids[row] != RowClasses.NONE)
                .forEach(row -> members.get(ids[row]).add(row));
        return members;
    }

    private static void requireCopies(RowClasses labels, int id, int size, int largest) {
        if ((long) size * MAX_COPIES >= largest) {
            return;
        }
        throw new DatasetProblem(
                DatasetProblem.Blame.DATA,
                PublicText.of(
                        "%s: `balance by: oversample` would repeat a row more than %d times: this row's class has %,d"
                                + " training rows, the largest class %,d; add rows, combine classes with `map`, or use"
                                + " `by: weights`",
                        labels.first(id).shown(), MAX_COPIES, size, largest));
    }

    private void set(int row, int count, float weight) {
        if (weighted()) {
            weights[row] = weight;
        } else {
            copies[row] = count;
        }
    }

    private static boolean weighted(BalanceSpec spec) {
        return spec.by() == BalanceSpec.Method.WEIGHTS;
    }

    /** Whether epochs draw rows by {@link #weight}. */
    boolean weighted() {
        return weighted(spec);
    }

    /** How often a training row is written. */
    int copies(int row) {
        return weighted() ? 1 : copies[row];
    }

    /** The weight of a training row; their mean is 1. */
    float weight(int row) {
        return weighted() ? weights[row] : 1;
    }

    /** Counts for the card. */
    public BalancedClasses card() {
        return new BalancedClasses(spec.on(), spec.by(), classes);
    }
}
