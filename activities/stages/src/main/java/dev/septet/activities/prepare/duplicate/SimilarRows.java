package dev.septet.activities.prepare.duplicate;

import dev.septet.activities.dataset.Row;
import dev.septet.dsl.pipeline.prepare.CleaningSpec.RowText;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An index of rows that finds a row with similar texts. A row has one or more texts, and each of them must be similar.
 * MinHash signatures find candidates, and the exact Jaccard similarity of the shingle sets decides. So no row below the
 * similarity is found, and two rows of exactly this similarity are compared with a probability of at least
 * {@link Bands#RECALL}. The result depends only on the rows and their order.
 *
 * <p>Beyond the first rows, everything is in scratch files: the tables of bands (12 to 24 bytes per row and band; 20 bands at
 * 0.8), and the texts.
 *
 * @see <a href="https://doi.org/10.1109/SEQUEN.1997.666900">Broder, 1997: On the resemblance and containment of
 *     documents</a>
 */
final class SimilarRows implements Closeable {
    /** The most candidates of one row that are compared, those with the most common bands first. */
    static final int MAX_COMPARED = 64;

    private static final long[] NO_SHINGLES = new long[0];

    private final double least;
    private final Signatures signatures;
    private final BandIndex index;
    private final TextStore kept;

    /**
     * @param least the smallest similarity
     * @param on the text that is compared
     * @param scratch a new file for the texts; null keeps them in memory
     */
    SimilarRows(double least, RowText on, @Nullable Path scratch) throws IOException {
        this.least = least;
        signatures = new Signatures(least, on);
        index = new BandIndex(Bands.of(least).count(), sibling(scratch, ".bands"));
        kept = scratch == null ? TextStore.inMemory() : TextStore.in(scratch);
    }

    /** A file beside the texts. */
    static @Nullable Path sibling(@Nullable Path scratch, String ending) {
        return scratch == null ? null : scratch.resolveSibling(scratch.getFileName() + ending);
    }

    /**
     * A row of the index.
     *
     * @param number its number in the order of {@link #add}, from 0
     * @param similarity the similarity of the first texts
     */
    record Found(int number, String place, double similarity) {}

    /** What is compared of a row. For one thread. */
    RowSignature signature(Row row) {
        return signatures.of(row);
    }

    /** A similar row. */
    Optional<Found> find(RowSignature row) throws IOException {
        return find(row, index.size());
    }

    /** A similar row among the first rows of the index. */
    Optional<Found> find(RowSignature row, int first) throws IOException {
        if (row.isEmpty()) {
            return Optional.empty(); // nothing to compare: two rows without a text are not similar
        }
        long[] shingles = NO_SHINGLES;
        for (int candidate : mostCommonFirst(index.candidates(row.bands()))) {
            int size = kept.size(candidate);
            double largest = (double) Math.min(size, row.size()) / Math.max(size, row.size());
            if (candidate >= first || largest < least) {
                continue; // the similarity cannot be larger than the ratio of the sizes
            }
            shingles = shingles.length == 0 ? Shingles.of(row.texts().get(0)) : shingles;
            Stored stored = Stored.parse(kept.get(candidate));
            double similarity =
                    Shingles.similarity(shingles, Shingles.of(stored.texts().get(0)));
            if (similarity >= least && similar(row.texts(), stored.texts())) {
                return Optional.of(new Found(candidate, stored.place(), similarity));
            }
        }
        return Optional.empty();
    }

    /** Adds a row to the index, unless it has no text. */
    void add(String place, RowSignature row) throws IOException {
        if (row.isEmpty()) {
            return;
        }
        index.add(row.bands());
        kept.add(new Stored(place, row.texts()).line(), row.size());
    }

    /** Place of the row with this number. */
    String place(int number) throws IOException {
        return Stored.parse(kept.get(number)).place();
    }

    /** Number of rows. */
    int size() {
        return index.size();
    }

    /**
     * Number of index entries that were left out because more than {@link BandIndex#MAX_BUCKET} rows share a band, as
     * rows of one template do. Some rows that are similar to them may not be found.
     */
    long leftOut() {
        return index.fullBuckets();
    }

    private boolean similar(long[] shingles, String other) {
        return Shingles.similarity(shingles, Shingles.of(other)) >= least;
    }

    /** The texts after the first. A text that only one of the rows has is not similar to nothing. */
    private boolean similar(List<String> texts, List<String> others) {
        for (int i = 1; i < texts.size(); i++) {
            String text = texts.get(i);
            String other = others.get(i);
            if (!text.equals(other) && (text.isEmpty() || other.isEmpty() || !similar(Shingles.of(text), other))) {
                return false;
            }
        }
        return true;
    }

    /** A kept row in the scratch file: the lengths of its place and its texts, then these. */
    private record Stored(String place, List<String> texts) {
        private static Stored parse(String line) {
            String[] parts = line.split("\n", 2);
            List<String> texts = new ArrayList<>();
            int at = 0;
            for (String length : parts[0].split(" ")) {
                int end = at + Integer.parseInt(length);
                texts.add(parts[1].substring(at, end));
                at = end;
            }
            return new Stored(texts.get(0), texts.subList(1, texts.size()));
        }

        private String line() {
            String lengths = Stream.concat(Stream.of(place), texts.stream())
                    .map(text -> String.valueOf(text.length()))
                    .collect(Collectors.joining(" "));
            return lengths + "\n" + place + String.join("", texts);
        }
    }

    /** Each candidate once, those with the most common bands first, then the earlier ones. */
    private static int[] mostCommonFirst(int[] candidates) {
        Arrays.sort(candidates);
        long[] ranked = new long[candidates.length];
        int count = 0;
        for (int i = 0; i < candidates.length; ) {
            int end = i;
            while (end < candidates.length && candidates[end] == candidates[i]) {
                end++;
            }
            ranked[count++] = (long) -(end - i) << 32 | candidates[i];
            i = end;
        }
        Arrays.sort(ranked, 0, count);
        return Arrays.stream(ranked, 0, Math.min(count, MAX_COMPARED))
                .mapToInt(rank -> (int) rank)
                .toArray();
    }

    @Override
    public void close() throws IOException {
        try (index) {
            kept.close();
        }
    }
}
