package dev.septet.activities.prepare.split;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How the kept rows of all sources become the splits: which rows a {@code limit:} or a {@code share:}
 * leaves out, which split a row is in, and how often a row is in the training split. It depends only
 * on the rows' content and the order of the sources. Without such options each row is used once.
 */
public final class Mixture {
    private final SplitAssignment rows;
    private final List<SourceSpec> sources;
    private final SplitName[] splits;
    private final @Nullable Balance balance;

    /** For each source, the number of the first row after it. */
    private final int[] ends;

    /** How often each row is used; null when each row is used once. */
    private final byte @Nullable [] copies;

    private final BitSet leaking;

    private final long[] overLimit;
    private final long[] overShare;

    /** Finds rows that are left out because they are similar to a row of another split. */
    @FunctionalInterface
    public interface LeakageSearch {
        /** Finds nothing. */
        LeakageSearch NONE = splits -> new BitSet();

        /**
         * The numbers of the rows that are left out.
         *
         * @param splits the split of a row; null for a row that is not used
         * @throws DatasetProblem when there must be no such row
         */
        BitSet leaking(IntFunction<@Nullable SplitName> splits) throws IOException;
    }

    /**
     * The use of the rows of one source without options.
     *
     * @throws DatasetProblem as {@link SplitAssignment#splits} and {@link SplitAssignment#balance}
     */
    public static Mixture of(SplitAssignment rows, LeakageSearch search) throws IOException {
        SplitName[] splits = rows.splits(row -> true);
        return new Mixture(rows, splits, search.leaking(row -> splits[row]));
    }

    /** As {@link #of}, without a search for leakage. */
    Mixture(SplitAssignment rows) {
        this(rows, rows.splits(row -> true), new BitSet());
    }

    private Mixture(SplitAssignment rows, SplitName[] splits, BitSet leaking) {
        this.rows = rows;
        this.splits = splits;
        this.leaking = leaking;
        sources = List.of();
        ends = new int[0];
        overLimit = new long[0];
        overShare = new long[0];
        copies = leaking.isEmpty() ? null : copiesWithout(leaking, splits.length);
        balance = rows.balance(row -> splits[row] == SplitName.TRAIN && !leaking.get(row));
        requireTraining();
    }

    /** The rows of another mixture, with the rows that were made from them since. */
    private Mixture(Mixture before) {
        rows = before.rows;
        sources = before.sources;
        ends = before.ends;
        leaking = before.leaking;
        overLimit = before.overLimit;
        overShare = before.overShare;
        splits = Arrays.copyOf(before.splits, rows.size());
        Arrays.fill(splits, before.splits.length, splits.length, SplitName.TRAIN);
        byte[] used = new byte[splits.length];
        for (int row = 0; row < used.length; row++) {
            boolean made = row >= before.splits.length;
            used[row] = made ? 1 : rows.isReplaced(row) ? 0 : (byte) before.copies(row);
        }
        copies = used;
        balance = rows.balance(row -> used[row] > 0 && splits[row] == SplitName.TRAIN);
    }

    /** This mixture with the rows of {@link SplitAssignment#addSynthetic}. Then classes are balanced. */
    public Mixture withSynthetic() {
        rows.balanceNow();
        return new Mixture(this);
    }

    private static byte[] copiesWithout(BitSet left, int rows) {
        byte[] copies = new byte[rows];
        for (int row = 0; row < rows; row++) {
            copies[row] = (byte) (left.get(row) ? 0 : 1);
        }
        return copies;
    }

    /**
     * @param rows all kept rows, source after source
     * @param kept number of kept rows of each source; rows after them belong to no source
     * @param search finds the rows that leak
     * @param read for each source, the part of its rows that was read, which scales its limit; 1 for all
     * @throws DatasetProblem when a source with a share has no rows for training, and as {@link SplitAssignment#splits} and
     *     {@link SplitAssignment#balance}
     */
    public Mixture(
            SplitAssignment rows, List<SourceSpec> sources, List<Long> kept, List<Double> read, LeakageSearch search)
            throws IOException {
        this.rows = rows;
        this.sources = sources;
        byte[] used = new byte[rows.size()];
        copies = used;
        Arrays.fill(used, (byte) 1);
        ends = new int[sources.size()];
        overLimit = new long[sources.size()];
        overShare = new long[sources.size()];
        int from = 0;
        for (int s = 0; s < ends.length; s++) {
            ends[s] = Math.toIntExact(from + kept.get(s));
            Long limit = sources.get(s).limit();
            if (limit != null) {
                overLimit[s] = keepAtMost(used(from, ends[s]), Math.max(1, Math.round(limit * read.get(s))));
            }
            from = ends[s];
        }
        splits = splits(used);
        leaking = search.leaking(row -> used[row] > 0 ? splits[row] : null);
        leaking.stream().forEach(row -> used[row] = 0);
        share(read);
        weigh(used);
        balance = rows.balance(row -> used[row] > 0 && splits[row] == SplitName.TRAIN);
        requireTraining();
    }

    /** Whether the options of the sources need {@link SplitAssignment#choiceAt}. */
    static boolean chooses(List<SourceSpec> sources) {
        return sources.stream()
                .anyMatch(source -> source.limit() != null || source.share() != null || source.weight() != null);
    }

    /** Number of kept rows. */
    public int size() {
        return splits.length;
    }

    /** How often a row is used; 0 for a row that is left out. */
    public int copies(int row) {
        int used = copies == null ? 1 : copies[row];
        return balance == null || used == 0 || splits[row] != SplitName.TRAIN ? used : balance.copies(row);
    }

    /** Whether epochs draw training rows by their {@link #weight}. */
    public boolean weighted() {
        return balance != null && balance.weighted();
    }

    /** The weight of a row; 1 unless {@link #weighted}. */
    public float weight(int row) {
        return balance == null ? 1 : balance.weight(row);
    }

    /** The balanced classes; null when classes keep their sizes. */
    public @Nullable Balance balance() {
        return balance;
    }

    /** The split of a row. */
    public SplitName split(int row) {
        return splits[row];
    }

    /** Rows of a source that its limit left out. */
    public long overLimit(int source) {
        return overLimit[source];
    }

    /** Rows of a source that were left out of the training split to reach the shares. */
    public long overShare(int source) {
        return overShare[source];
    }

    /** The used rows of a source by split, each counted as often as it is used. */
    public Map<SplitName, Long> rows(int source) {
        Map<SplitName, Long> rows = new EnumMap<>(SplitName.class);
        for (int row = begin(source); row < ends[source]; row++) {
            if (copies(row) > 0) {
                rows.merge(split(row), (long) copies(row), Long::sum);
            }
        }
        return rows;
    }

    private int begin(int source) {
        return source == 0 ? 0 : ends[source - 1];
    }

    /** The declared split of a source's rows; for others, the split that their content decides. */
    private SplitName[] splits(byte[] used) {
        @Nullable SplitName[] declared = new SplitName[used.length];
        for (int s = 0; s < ends.length; s++) {
            Arrays.fill(declared, begin(s), ends[s], declared(sources.get(s).split()));
        }
        SplitName[] splits = rows.splits(row -> used[row] > 0 && declared[row] == null);
        for (int row = 0; row < splits.length; row++) {
            SplitName own = declared[row];
            splits[row] = own == null ? splits[row] : own;
        }
        return splits;
    }

    private static @Nullable SplitName declared(SourceSpec.@Nullable Part part) {
        if (part == null) {
            return null;
        }
        return switch (part) {
            case TRAIN -> SplitName.TRAIN;
            case VALIDATION -> SplitName.VALIDATION;
            case TEST -> SplitName.TEST;
        };
    }

    /** The numbers of a source's used training rows. */
    private int[] training(int source) {
        return Arrays.stream(used(begin(source), ends[source]))
                .filter(row -> splits[row] == SplitName.TRAIN)
                .toArray();
    }

    /** The numbers of the used rows of a range. */
    private int[] used(int from, int to) {
        return IntStream.range(from, to)
                .filter(row -> copies == null || copies[row] > 0)
                .toArray();
    }

    /** Leaves out all but the rows with the smallest numbers; of equal rows, the first ones stay. */
    private long keepAtMost(int[] among, long most) {
        if (among.length <= most || copies == null) {
            return 0;
        }
        long[] sorted = Arrays.stream(among).mapToLong(rows::choiceAt).sorted().toArray();
        long last = sorted[(int) most - 1];
        long equal =
                most - Arrays.stream(sorted).filter(choice -> choice < last).count();
        for (int row : among) {
            long choice = rows.choiceAt(row);
            if (choice > last || (choice == last && equal-- <= 0)) {
                copies[row] = 0;
            }
        }
        return among.length - most;
    }

    /** The largest training split with these shares: the source that is scarcest for its share is used whole. */
    private void share(List<Double> read) {
        int[][] training = new int[ends.length][];
        double all = Double.POSITIVE_INFINITY;
        for (int s = 0; s < ends.length; s++) {
            Double share = sources.get(s).share();
            if (share != null) {
                training[s] = training(s);
                if (training[s].length == 0 && rows.sampled()) {
                    continue;
                }
                if (training[s].length == 0) {
                    throw new DatasetProblem(
                            DatasetProblem.Blame.DATA,
                            PublicText.of(
                                    "%s: no row is left for training, but its share of the training rows is"
                                            + " %s %%; add rows, or remove the dataset",
                                    PublicText.file(sources.get(s).name()), share));
                }
                all = Math.min(all, training[s].length / read.get(s) * 100 / share);
            }
        }
        for (int s = 0; s < ends.length; s++) {
            Double share = sources.get(s).share();
            if (share != null && !Double.isInfinite(all)) {
                // The small term keeps an exact share exact after the division above.
                long most = Math.max(1, (long) Math.floor(all * share / 100 * read.get(s) + 1e-6));
                overShare[s] = keepAtMost(training[s], most);
            }
        }
    }

    /** Options of sources may leave nothing to train on. */
    private void requireTraining() {
        boolean trains = IntStream.range(0, splits.length)
                .anyMatch(row -> (copies == null || copies[row] > 0) && splits[row] == SplitName.TRAIN);
        if (trains || rows.sampled() || splits.length == 0) {
            return;
        }
        if (sources.isEmpty()) {
            if (!leaking.isEmpty()) {
                throw new DatasetProblem(
                        DatasetProblem.Blame.DATA,
                        PublicText.of(
                                "no row is left to train on (of %d kept): all training rows are similar to a row of"
                                        + " another split; write `deduplicate near:` instead of `leakage remove`",
                                splits.length));
            }
            return;
        }
        throw new DatasetProblem(
                DatasetProblem.Blame.DATA,
                PublicText.of(
                        "%s: no row is left to train on (of %d kept in all datasets%s); raise `weight:`, or remove"
                                + " `split:` from a dataset. Rows that an earlier dataset has too count as its"
                                + " duplicates",
                        PublicText.file(sources.get(0).name()),
                        splits.length,
                        leaking.isEmpty()
                                ? PublicText.of("")
                                : PublicText.of(", %d left out by `leakage remove`", leaking.cardinality())));
    }

    private void weigh(byte[] used) {
        for (int s = 0; s < ends.length; s++) {
            Double weight = sources.get(s).weight();
            if (weight != null) {
                for (int row : training(s)) {
                    used[row] = (byte) times(weight, rows.choiceAt(row));
                }
            }
        }
    }

    /** The whole part of a weight; its fraction is the part of the rows that are used once more. */
    private static int times(double weight, long choice) {
        int whole = (int) weight;
        // A limit has kept the smallest choices, so the fraction needs other bits of the digest.
        long mixed = choice * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 32)) * 0xBF58476D1CE4E5B9L;
        double at = ((mixed ^ (mixed >>> 29)) >>> 11) * 0x1.0p-53;
        return whole + (at < weight - whole ? 1 : 0);
    }
}
