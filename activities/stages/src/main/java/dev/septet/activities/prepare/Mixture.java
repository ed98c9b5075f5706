package dev.septet.activities.prepare;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import dev.septet.dsl.text.PublicText;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the kept rows of all sources become the splits: which rows a {@code limit:} or a {@code share:}
 * leaves out, which split a row is in, and how often a row is in the training split. It depends only
 * on the rows' content and the order of the sources. Without such options each row is used once.
 */
final class Mixture {
    private final SplitKeys keys;
    private final List<SourceSpec> sources;
    private final Split split;

    /** For each source, the number of the first row after it. */
    private final int[] ends;

    /** How often each row is used; null when each row is used once. */
    private final byte @Nullable [] copies;

    private final long[] overLimit;
    private final long[] overShare;

    /** Only the rows' content decides. */
    Mixture(SplitSpec spec, SplitKeys keys) {
        this.keys = keys;
        sources = List.of();
        ends = new int[0];
        copies = null;
        overLimit = new long[0];
        overShare = new long[0];
        split = new Split(spec, keys.sorted());
    }

    /**
     * @param keys the keys of all kept rows, source after source
     * @param kept number of kept rows of each source; rows after them belong to no source
     * @param read part of the sources' rows that was read, which scales limits; 1 for all
     * @throws DatasetProblem when a source with a share has no rows for training
     */
    Mixture(SplitSpec spec, SplitKeys keys, List<SourceSpec> sources, List<Long> kept, double read) {
        this.keys = keys;
        this.sources = sources;
        byte[] used = new byte[keys.size()];
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
                overLimit[s] = keepAtMost(rows(from, ends[s], null), Math.max(1, Math.round(limit * read)));
            }
            from = ends[s];
        }
        split = new Split(spec, freeKeys(used));
        share();
        weigh(used);
    }

    /** Whether the options of the sources need {@link SplitKeys#choiceAt}. */
    static boolean chooses(List<SourceSpec> sources) {
        return sources.stream()
                .anyMatch(source -> source.limit() != null || source.share() != null || source.weight() != null);
    }

    /** Number of kept rows. */
    int size() {
        return keys.size();
    }

    /** How often a row is used; 0 for a row that is left out. */
    int copies(int row) {
        return copies == null ? 1 : copies[row];
    }

    /** The split of a row. */
    SplitName split(int row) {
        SourceSpec.Part part = ends.length == 0 || source(row) == ends.length
                ? null
                : sources.get(source(row)).split();
        if (part == null) {
            return split.of(keys.at(row));
        }
        return switch (part) {
            case TRAIN -> SplitName.TRAIN;
            case VALIDATION -> SplitName.VALIDATION;
            case TEST -> SplitName.TEST;
        };
    }

    /** Rows of a source that its limit left out. */
    long overLimit(int source) {
        return overLimit[source];
    }

    /** Rows of a source that were left out of the training split to reach the shares. */
    long overShare(int source) {
        return overShare[source];
    }

    /** The used rows of a source by split, each counted as often as it is used. */
    Map<SplitName, Long> rows(int source) {
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

    /** The number of a row's source; the number of sources for a row of none. */
    private int source(int row) {
        int at = 0;
        while (at < ends.length && row >= ends[at]) {
            at++;
        }
        return at;
    }

    /** The keys of the rows that are used and whose split is not declared. */
    private long[] freeKeys(byte[] used) {
        long[] free = new long[used.length];
        int count = 0;
        int source = 0;
        for (int row = 0; row < used.length; row++) {
            while (source < ends.length && row >= ends[source]) {
                source++;
            }
            boolean declared = source < ends.length && sources.get(source).split() != null;
            if (used[row] > 0 && !declared) {
                free[count++] = keys.at(row);
            }
        }
        free = Arrays.copyOf(free, count);
        Arrays.sort(free);
        return free;
    }

    /** The numbers of the used rows of a range, of one split or of all. */
    private int[] rows(int from, int to, @Nullable SplitName name) {
        int[] rows = new int[to - from];
        int count = 0;
        for (int row = from; row < to; row++) {
            if (copies(row) > 0 && (name == null || split(row) == name)) {
                rows[count++] = row;
            }
        }
        return Arrays.copyOf(rows, count);
    }

    /** Leaves out all but the rows with the smallest numbers; of equal rows, the first ones stay. */
    private long keepAtMost(int[] rows, long most) {
        if (rows.length <= most || copies == null) {
            return 0;
        }
        long[] sorted = Arrays.stream(rows).mapToLong(keys::choiceAt).sorted().toArray();
        long last = sorted[(int) most - 1];
        long equal =
                most - Arrays.stream(sorted).filter(choice -> choice < last).count();
        for (int row : rows) {
            long choice = keys.choiceAt(row);
            if (choice > last || (choice == last && equal-- <= 0)) {
                copies[row] = 0;
            }
        }
        return rows.length - most;
    }

    /** The largest training split with these shares: the source that is scarcest for its share is used whole. */
    private void share() {
        int[][] training = new int[ends.length][];
        double all = Double.POSITIVE_INFINITY;
        for (int s = 0; s < ends.length; s++) {
            Double share = sources.get(s).share();
            if (share != null) {
                training[s] = rows(begin(s), ends[s], SplitName.TRAIN);
                if (training[s].length == 0) {
                    throw new DatasetProblem(
                            DatasetProblem.Blame.DATA,
                            PublicText.of(
                                    "%s: no row is left for training, but its share of the training rows is"
                                            + " %s %%; add rows, or remove the dataset",
                                    PublicText.file(sources.get(s).name()), share));
                }
                all = Math.min(all, training[s].length * 100 / share);
            }
        }
        for (int s = 0; s < ends.length; s++) {
            Double share = sources.get(s).share();
            if (share != null) {
                // The small term keeps an exact share exact after the division above.
                long most = Math.max(1, (long) Math.floor(all * share / 100 + 1e-6));
                overShare[s] = keepAtMost(training[s], most);
            }
        }
    }

    private void weigh(byte[] used) {
        for (int s = 0; s < ends.length; s++) {
            Double weight = sources.get(s).weight();
            if (weight != null) {
                for (int row : rows(begin(s), ends[s], SplitName.TRAIN)) {
                    used[row] = (byte) times(weight, keys.choiceAt(row));
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
