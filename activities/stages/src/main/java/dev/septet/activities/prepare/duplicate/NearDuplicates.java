package dev.septet.activities.prepare.duplicate;

import com.dynatrace.hash4j.similarity.ElementHashProvider;
import com.dynatrace.hash4j.similarity.SimilarityHashPolicy;
import com.dynatrace.hash4j.similarity.SimilarityHasher;
import com.dynatrace.hash4j.similarity.SimilarityHashing;
import com.dynatrace.hash4j.similarity.SuperMinHashVersion;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.prepare.check.RowCheck;
import dev.septet.activities.prepare.check.RowTexts;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.text.PublicText;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Removes rows whose texts are similar to the texts of an earlier row that is kept. A row has one or more texts, and each of
 * them must be similar. MinHash signatures find candidates, and
 * the exact Jaccard similarity of the shingle sets decides. So no row below the similarity is removed, and two rows of
 * exactly this similarity are compared with a probability of at least {@link Bands#RECALL}. The result depends only on
 * the rows and their order.
 *
 * <p>Memory per kept row: 16 to 32 bytes for each band (20 bands at 0.8), and 12 to 24 bytes for its length and its place
 * in the scratch file, which has the texts. Memory per removed row: its place, about 60 bytes.
 *
 * @see <a href="https://doi.org/10.1109/SEQUEN.1997.666900">Broder, 1997: On the resemblance and containment of
 *     documents</a>
 * @see <a href="https://arxiv.org/abs/1706.05698">Ertl, 2017: SuperMinHash</a>
 */
public final class NearDuplicates implements RowCheck, Closeable {
    /** The most candidates of one row that are compared, those with the most common bands first. */
    static final int MAX_COMPARED = 64;

    private static final int COMPONENT_BITS = 32;

    /** The share of the heap that the tables may fill. */
    private static final double HEAP_SHARE = 0.6;

    private final CleaningSpec.NearDuplicates spec;
    private final Bands bands;
    private final SimilarityHashPolicy policy;
    private final SimilarityHasher hasher;
    private final BandIndex index;
    private final TextStore kept;
    private int[] sizes = new int[256];
    private final SortedMap<Integer, Members> clusters = new TreeMap<>();
    private long removed;

    /**
     * @param scratch a new file for the texts; null keeps them in memory
     */
    public NearDuplicates(CleaningSpec.NearDuplicates spec, @Nullable Path scratch) throws IOException {
        this.spec = spec;
        bands = Bands.of(spec.similarity());
        policy = SimilarityHashing.superMinHash(bands.signature(), COMPONENT_BITS, SuperMinHashVersion.V1);
        hasher = policy.createHasher();
        index = new BandIndex(bands.count());
        kept = scratch == null ? TextStore.inMemory() : TextStore.in(scratch);
    }

    /** The near-duplicates of a kept row. */
    private record Members(String kept, List<String> others) {}

    /**
     * A kept row and its near-duplicates: a line of near-duplicates.jsonl.
     *
     * @param size number of rows, including the kept one
     * @param kept place of the kept row
     * @param others places of the removed rows, in their order
     */
    public record Cluster(int size, String kept, List<String> others) {}

    /** The clusters, in the order of their kept rows. */
    public List<Cluster> clusters() {
        return clusters.values().stream()
                .map(members -> new Cluster(members.others().size() + 1, members.kept(), List.copyOf(members.others())))
                .toList();
    }

    @Override
    public long removed() {
        return removed;
    }

    /**
     * Number of index entries that were left out because more than {@link BandIndex#MAX_BUCKET} rows share a band, as
     * rows of one template do. Some of their near-duplicates may be kept.
     */
    public long leftOut() {
        return index.fullBuckets();
    }

    @Override
    public boolean removes(Row row) throws IOException {
        List<String> texts = texts(row);
        if (texts.get(0).isEmpty()) {
            return false; // nothing to compare: two rows without a text are not similar
        }
        long[] shingles = Shingles.of(texts.get(0));
        int[] keys = keys(shingles);
        String place = row.place().toString();
        int found = similar(texts, shingles, keys);
        if (found < 0) {
            keep(new Stored(place, texts), shingles.length, keys);
            return false;
        }
        String first = Stored.parse(kept.get(found)).place();
        clusters.computeIfAbsent(found, any -> new Members(first, new ArrayList<>()))
                .others()
                .add(place);
        removed++;
        return true;
    }

    /** Whether a row is similar to a kept row. It is neither kept nor counted. */
    public boolean resembles(Row row) throws IOException {
        List<String> texts = texts(row);
        if (texts.get(0).isEmpty()) {
            return false;
        }
        long[] shingles = Shingles.of(texts.get(0));
        return similar(texts, shingles, keys(shingles)) >= 0;
    }

    /** Keeps a row for later comparisons without comparing it. */
    public void keep(Row row) throws IOException {
        List<String> texts = texts(row);
        if (!texts.get(0).isEmpty()) {
            long[] shingles = Shingles.of(texts.get(0));
            keep(new Stored(row.place().toString(), texts), shingles.length, keys(shingles));
        }
    }

    /** The number of a kept row that is similar; -1 for none. */
    private int similar(List<String> texts, long[] shingles, int[] keys) throws IOException {
        for (int candidate : mostCommonFirst(index.candidates(keys))) {
            int size = sizes[candidate];
            double largest = (double) Math.min(size, shingles.length) / Math.max(size, shingles.length);
            if (largest < spec.similarity()) {
                continue; // the similarity cannot be larger than the ratio of the sizes
            }
            Stored stored = Stored.parse(kept.get(candidate));
            if (similar(shingles, stored.texts().get(0)) && similar(texts, stored.texts())) {
                return candidate;
            }
        }
        return -1;
    }

    private boolean similar(long[] shingles, String other) {
        return Shingles.similarity(shingles, Shingles.of(other)) >= spec.similarity();
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

    /** The normalized texts that are compared. */
    private List<String> texts(Row row) {
        List<String> texts = switch (spec.on()) {
            case PROMPT -> List.of(RowTexts.of(row).question());
            case ANSWER -> List.of(RowTexts.of(row).answer());
            case BOTH -> RowTexts.all(row);
        };
        return texts.stream().map(Shingles::normalized).toList();
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

    private void keep(Stored row, int size, int[] keys) throws IOException {
        requireHeap();
        if (index.size() == sizes.length) {
            sizes = Arrays.copyOf(sizes, Math.multiplyExact(sizes.length, 2));
        }
        sizes[index.size()] = size;
        index.add(keys);
        kept.add(row.line());
    }

    private void requireHeap() {
        long bytes = index.bytesAfterGrowth();
        long heap = Runtime.getRuntime().maxMemory();
        if (bytes > heap * HEAP_SHARE) {
            throw new DatasetProblem(
                    DatasetProblem.Blame.PIPELINE,
                    PublicText.of(
                            "`deduplicate near:` needs about %d MiB for more than %d rows, and the worker's heap has"
                                    + " %d MiB; give the worker more memory (-Xmx), or raise the similarity",
                            bytes >> 20, index.size(), heap >> 20));
        }
    }

    /** One hash for each band of the signature. */
    private int[] keys(long[] shingles) {
        byte[] signature = hasher.compute(ElementHashProvider.ofValues(shingles));
        int[] keys = new int[bands.count()];
        for (int band = 0; band < keys.length; band++) {
            long hash = band;
            for (int i = 0; i < bands.components(); i++) {
                hash = Shingles.mix(hash + policy.getComponent(signature, band * bands.components() + i));
            }
            keys[band] = (int) (hash >>> 32);
        }
        return keys;
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
        kept.close();
    }
}
