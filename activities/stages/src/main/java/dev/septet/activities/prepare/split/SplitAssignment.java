package dev.septet.activities.prepare.split;

import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.prepare.BalanceSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import dev.septet.dsl.text.PublicText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides which split each kept row goes to, and how often it is written. Rows are numbered in the order of {@link #add},
 * from 0. It needs 12 bytes of memory per row, and 4 to 16 bytes more for each option of {@code split} and
 * {@code balance}.
 */
public final class SplitAssignment {
    private final SplitSpec split;
    private final @Nullable BalanceSpec balance;
    private final SplitKeys keys;
    private final RowClasses strata;
    private final RowClasses labels;
    private final Map<String, RowClasses> rare = new TreeMap<>();
    private final BitSet trainOnly = new BitSet();
    private final BitSet replaced = new BitSet();
    private boolean deferred;
    private final boolean sampled;
    private final int fold;
    private int rows;

    public SplitAssignment(PrepareSpec spec, long seed) {
        this(spec, seed, false);
    }

    /**
     * @param sampled whether the rows are only a sample: then nothing is refused because of too few rows
     */
    public SplitAssignment(PrepareSpec spec, long seed, boolean sampled) {
        this(spec, seed, sampled, 0);
    }

    /**
     * @param sampled whether the rows are only a sample: then nothing is refused because of too few rows
     * @param fold the fold whose rows test, from 1; 0 for the declared shares
     */
    public SplitAssignment(PrepareSpec spec, long seed, boolean sampled, int fold) {
        this.fold = fold;
        this.sampled = sampled;
        this.split = spec.split();
        this.balance = spec.balance();
        this.keys = new SplitKeys(seed, balance != null || Mixture.chooses(spec.inputs()));
        this.strata = new RowClasses("split stratify:");
        this.labels = new RowClasses("balance on:");
        for (String field : rareFields(spec)) {
            rare.put(field, new RowClasses(RARE));
        }
    }

    private static final String RARE = "generate rare on:";

    private static Set<String> rareFields(PrepareSpec spec) {
        Set<String> fields = new TreeSet<>();
        for (GenerateSpec generate : spec.syntheticOrNone().generate()) {
            if (generate.on() != null) {
                fields.add(generate.on());
            }
        }
        return fields;
    }

    /**
     * The class of each row for {@code generate rare}; a negative number for a row without one.
     *
     * @param field the field of {@code on:}
     */
    public int[] classes(String field) {
        return Objects.requireNonNull(rare.get(field)).ids();
    }

    /** Balances no classes until {@link #balanceNow}, because rows follow that are made from training rows. */
    public void deferBalance() {
        deferred = true;
    }

    /** Ends {@link #deferBalance}. */
    void balanceNow() {
        deferred = false;
    }

    /** Leaves out a row, because a row that was made from it replaces it. */
    public void replace(int row) {
        replaced.set(row);
    }

    /** Whether another row replaces a row. */
    public boolean isReplaced(int row) {
        return replaced.get(row);
    }

    /**
     * The fields that the assignment needs of every row of a source, each with the option that names it.
     *
     * @param declared the declared split of the source's rows; null when their content decides
     */
    public static Map<String, String> fields(PrepareSpec spec, SourceSpec.@Nullable Part declared) {
        Map<String, String> fields = new TreeMap<>();
        SplitSpec split = spec.split();
        if (declared == null) {
            put(fields, split.time(), "split time:");
            put(fields, split.by(), "split by:");
            put(fields, split.stratify(), "split stratify:");
        }
        if (spec.balance() != null && (declared == null || declared == SourceSpec.Part.TRAIN)) {
            put(fields, spec.balance().on(), "balance on:");
        }
        if (declared == null || declared == SourceSpec.Part.TRAIN) {
            rareFields(spec).forEach(field -> put(fields, field, RARE));
        }
        return fields;
    }

    /**
     * Checks the values of a row before other rows are compared with it.
     *
     * @throws dev.septet.activities.dataset.RowProblem when the value of {@code time:} is no time
     */
    public static void check(SplitSpec split, @Nullable Map<String, String> values) {
        String time = values == null ? null : value(values, split.time());
        if (time != null) {
            RowTime.millis(time, String.valueOf(split.time()));
        }
    }

    private static void put(Map<String, String> fields, @Nullable String name, String option) {
        if (name != null) {
            fields.put(name, option);
        }
    }

    /**
     * Adds a row.
     *
     * @param digest the row's digest
     * @param values values of {@link #fields}; null for a row that has no such fields, which goes to the training split
     * @throws dev.septet.activities.dataset.RowProblem when the value of {@code time:} is no time
     */
    public void add(byte[] digest, RowPlace place, @Nullable Map<String, String> values) {
        Map<String, String> known = values == null ? Map.of() : values;
        if (values == null && splitByField()) {
            trainOnly.set(rows);
        }
        String time = value(known, split.time());
        String group = value(known, split.by());
        if (time != null) {
            keys.put(RowTime.millis(time, String.valueOf(split.time())), digest);
        } else if (group != null) {
            keys.add(Sha256.start().digest(("group " + group).getBytes(StandardCharsets.UTF_8)), digest);
        } else {
            keys.add(digest);
        }
        if (split.stratify() != null) {
            strata.add(value(known, split.stratify()), place);
        }
        if (balance != null) {
            labels.add(value(known, balance.on()), place);
        }
        rare.forEach((field, classes) -> classes.add(known.get(field), place));
        rows++;
    }

    /**
     * Adds a row that was made from an earlier row. It is in the training split, and has its parent's class.
     *
     * @param parent number of the earlier row
     */
    public void addSynthetic(byte[] digest, int parent) {
        trainOnly.set(rows);
        keys.add(digest);
        if (split.stratify() != null) {
            strata.addLike(parent);
        }
        if (balance != null) {
            labels.addLike(parent);
        }
        rare.values().forEach(classes -> classes.addLike(parent));
        rows++;
    }

    private boolean splitByField() {
        return split.stratify() != null || split.by() != null || split.time() != null;
    }

    private static @Nullable String value(Map<String, String> values, @Nullable String field) {
        return field == null ? null : values.get(field);
    }

    /** Whether the rows are only a sample. */
    boolean sampled() {
        return sampled;
    }

    /** Number of rows. */
    int size() {
        return rows;
    }

    /** A number of a row that depends on its content only, independent of its split. */
    long choiceAt(int row) {
        return keys.choiceAt(row);
    }

    /**
     * The split of each row that is used and that has no declared split; TRAIN for all other rows.
     *
     * @throws DatasetProblem when a value of {@code stratify:} has too few rows for every split, or when a fold of the
     *     cross-validation would have no rows to test or to train on
     */
    SplitName[] splits(IntPredicate free) {
        IntPredicate splitted = row -> !trainOnly.get(row) && free.test(row);
        SplitName[] splits = new SplitName[rows];
        if (split.stratify() == null) {
            long[] keysOfRows = keysOf(splitted);
            requireEachFold(List.of(keysOfRows));
            Split whole = splitOf(keysOfRows, 0);
            fill(splits, splitted, row -> whole.of(keys.at(row)));
            return splits;
        }
        int[] stratum = split.by() == null ? strata.ids() : groupStrata(splitted);
        Split[] each = new Split[strata.count()];
        List<long[]> keysOfStrata = new ArrayList<>();
        for (int id = 0; id < each.length; id++) {
            int wanted = id;
            long[] sorted = keysOf(row -> splitted.test(row) && stratum[row] == wanted);
            requireEachSplit(sorted, id);
            each[id] = splitOf(sorted, id);
            keysOfStrata.add(sorted);
        }
        requireEachFold(keysOfStrata);
        fill(splits, splitted, row -> each[stratum[row]].of(keys.at(row)));
        return splits;
    }

    /**
     * Balances the classes of the training rows; null when they keep their sizes.
     *
     * @throws DatasetProblem when a class is too small to be balanced
     */
    @Nullable
    Balance balance(IntPredicate training) {
        return balance == null || deferred
                ? null
                : Balance.of(
                        balance,
                        sampled,
                        labels,
                        IntStream.range(0, rows).filter(training).toArray(),
                        keys);
    }

    private Split splitOf(long[] sorted, int stratum) {
        return fold == 0 ? new Split(split, sorted) : Split.ofFold(split, sorted, fold, stratum);
    }

    private interface SplitOf {
        SplitName at(int row);
    }

    private void fill(SplitName[] splits, IntPredicate splitted, SplitOf of) {
        for (int row = 0; row < rows; row++) {
            splits[row] = splitted.test(row) ? of.at(row) : SplitName.TRAIN;
        }
    }

    private long[] keysOf(IntPredicate which) {
        // A stream would need three times the memory.
        long[] sorted =
                new long[Math.toIntExact(IntStream.range(0, rows).filter(which).count())];
        int count = 0;
        for (int row = 0; row < rows; row++) {
            if (which.test(row)) {
                sorted[count++] = keys.at(row);
            }
        }
        Arrays.sort(sorted);
        return sorted;
    }

    /** All rows of a group get the most frequent value of its rows; of equally frequent ones, the one that occurs first. */
    private int[] groupStrata(IntPredicate splitted) {
        int[] own = strata.ids();
        int[] common = new int[rows];
        int[] order = IntStream.range(0, rows)
                .filter(splitted)
                .boxed()
                .sorted((a, b) -> Long.compare(keys.at(a), keys.at(b)))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int from = 0, to; from < order.length; from = to) {
            to = from + 1;
            while (to < order.length && keys.at(order[to]) == keys.at(order[from])) {
                to++;
            }
            int[] group = Arrays.copyOfRange(order, from, to);
            Map<Integer, Integer> counts = new TreeMap<>();
            Arrays.stream(group).forEach(row -> counts.merge(own[row], 1, Integer::sum));
            int most = counts.entrySet().stream()
                    .max(Map.Entry.<Integer, Integer>comparingByValue()
                            .thenComparing(
                                    Map.Entry.<Integer, Integer>comparingByKey().reversed()))
                    .orElseThrow()
                    .getKey();
            Arrays.stream(group).forEach(row -> common[row] = most);
        }
        return common;
    }

    /** The first preparation, before the folds, refuses a fold that could not train or be tested. */
    private void requireEachFold(List<long[]> sortedOfStrata) {
        Integer folds = split.folds();
        if (folds == null || fold != 0 || sampled) {
            return;
        }
        for (int number = 1; number <= folds; number++) {
            long tests = 0;
            long trains = 0;
            for (int stratum = 0; stratum < sortedOfStrata.size(); stratum++) {
                Split one = Split.ofFold(split, sortedOfStrata.get(stratum), number, stratum);
                tests += one.tests();
                trains += one.trains();
            }
            if (tests == 0 || trains == 0) {
                throw noRows(folds, number, tests == 0, sortedOfStrata);
            }
        }
    }

    private DatasetProblem noRows(int folds, int number, boolean tests, List<long[]> sortedOfStrata) {
        long[] all = sortedOfStrata.stream().flatMapToLong(Arrays::stream).toArray();
        long separate = Arrays.stream(all).distinct().count();
        String by = split.by();
        return new DatasetProblem(
                DatasetProblem.Blame.DATA,
                PublicText.of(
                        "`split folds: %d`: fold %d has no rows to %s: the %,d rows have %,d different %s%s; lower"
                                + " `folds:`, or add rows",
                        folds,
                        number,
                        PublicText.said(tests ? "test" : "train on"),
                        all.length,
                        separate,
                        by == null
                                ? PublicText.of("texts")
                                : PublicText.of("values of `by: '%s'`", PublicText.field(by)),
                        PublicText.said(by == null ? "" : ", and the rows of one value stay in one fold")));
    }

    private void requireEachSplit(long[] sorted, int stratum) {
        Integer folds = split.folds();
        int splits = 1 + (split.validation() > 0 ? 1 : 0) + (split.test() > 0 ? 1 : 0);
        int needed = folds == null ? splits : Math.max(splits, folds);
        long separate = Arrays.stream(sorted).distinct().count();
        if (sampled || sorted.length == 0 || separate >= needed) {
            return;
        }
        throw new DatasetProblem(
                DatasetProblem.Blame.DATA,
                PublicText.of(
                        "%s: `split stratify: '%s'` needs at least %d %s with this row's value, one for each %s, but"
                                + " found %d; combine rare values with `map`, or leave these rows out with `filter`",
                        strata.first(stratum).shown(),
                        PublicText.field(String.valueOf(split.stratify())),
                        needed,
                        PublicText.said(
                                split.by() != null ? "values of `by:`" : split.time() != null ? "times" : "rows"),
                        PublicText.said(needed == splits ? "split" : "fold"),
                        separate));
    }
}
