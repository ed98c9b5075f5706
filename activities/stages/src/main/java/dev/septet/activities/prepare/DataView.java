package dev.septet.activities.prepare;

import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.split.SplitAssignment;
import dev.septet.activities.source.SourceSet;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows as the model reads them, for people: some rows at random, the longest ones, and the lengths of all. It reads what
 * {@link DatasetPreview} reads, and writes no file.
 *
 * @param lengths numbers of rows by length, shortest first
 * @param longest the longest rows, longest first
 * @param rows rows chosen at random, in the order of the choice
 */
public record DataView(List<Lengths> lengths, List<ShownRow> longest, List<ShownRow> rows) {
    /** Number of {@link #longest} rows. */
    private static final int LONGEST = 3;

    /** Number of {@link #lengths}. */
    private static final int BUCKETS = 8;

    public DataView {
        lengths = List.copyOf(lengths);
        longest = List.copyOf(longest);
        rows = List.copyOf(rows);
    }

    /**
     * Rows of similar length.
     *
     * @param from shortest length in tokens
     * @param to longest length in tokens
     */
    public record Lengths(int from, int to, int rows) {}

    /**
     * A row. In a preference pair, each answer with its question is one.
     *
     * @param place its place in the source
     * @param learned number of tokens that training learns
     */
    public record ShownRow(String place, int tokens, int learned, List<Part> parts) {
        public ShownRow {
            parts = List.copyOf(parts);
        }
    }

    /**
     * Neighbouring tokens of a row.
     *
     * @param text the tokens' text, with control tokens
     * @param learned whether training learns them; else they are context
     */
    public record Part(String text, boolean learned) {}

    /** A kept row, before its tokens become texts. */
    private record Candidate(long order, String line, TokenDataset.Row tokens) {
        int length() {
            return tokens.tokens().length;
        }
    }

    /**
     * Reads the rows of a pipeline.
     *
     * @param tests the test files of {@code decontaminate}; null without it
     * @param count number of random rows
     * @param seed seed of the choice
     * @throws dev.septet.activities.dataset.file.DatasetProblem when prepare would refuse the rows
     */
    public static DataView of(
            PrepareSpec spec,
            SourceSet sources,
            ModelRowEncoder encoder,
            @Nullable TestFiles tests,
            int count,
            long seed)
            throws IOException {
        SourceDigest digest = SourceDigest.of(sources);
        RowSample sample = RowSample.of(sources.bytes());
        PriorityQueue<Candidate> random =
                new PriorityQueue<>(Comparator.comparingLong(Candidate::order).reversed());
        PriorityQueue<Candidate> longest = new PriorityQueue<>(Comparator.comparingInt(Candidate::length)
                .thenComparing(Comparator.comparingLong(Candidate::order).reversed()));
        List<Integer> lengths = new ArrayList<>();
        try (Cleaning cleaning = Cleaning.of(spec, sources, sample, digest, encoder, tests)) {
            cleaning.run(
                    entry -> {
                        for (TokenDataset.Row row : entry.rows()) {
                            Candidate candidate = new Candidate(order(entry.line(), seed), entry.line(), row);
                            lengths.add(candidate.length());
                            addAtMost(random, candidate, count);
                            addAtMost(longest, candidate, LONGEST);
                        }
                    },
                    new SplitAssignment(spec, seed),
                    null,
                    rows -> {});
        }
        return new DataView(
                buckets(lengths),
                shown(longest, Comparator.comparingInt(Candidate::length).reversed(), encoder::text),
                shown(random, Comparator.comparingLong(Candidate::order), encoder::text));
    }

    private static void addAtMost(PriorityQueue<Candidate> queue, Candidate candidate, int most) {
        queue.add(candidate);
        if (queue.size() > most) {
            queue.remove();
        }
    }

    private static long order(String line, long seed) {
        byte[] digest = Sha256.start().digest(("show " + seed + "\n" + line).getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(digest).getLong();
    }

    private static List<Lengths> buckets(List<Integer> lengths) {
        int longest = lengths.stream().mapToInt(Integer::intValue).max().orElse(0);
        int width = Math.max(1, (longest + BUCKETS - 1) / BUCKETS);
        return IntStream.range(0, longest == 0 ? 0 : (longest + width - 1) / width)
                .mapToObj(bucket ->
                        new Lengths(bucket * width + 1, Math.min(longest, (bucket + 1) * width), (int) lengths.stream()
                                .filter(length -> (length - 1) / width == bucket)
                                .count()))
                .toList();
    }

    private static List<ShownRow> shown(
            PriorityQueue<Candidate> rows, Comparator<Candidate> order, Function<int[], String> text)
            throws IOException {
        List<ShownRow> shown = new ArrayList<>();
        for (Candidate row : rows.stream().sorted(order).toList()) {
            String place = SpecJson.mapper().readTree(row.line()).path("source").asText();
            shown.add(new ShownRow(place, row.length(), row.tokens().lossTokens(), parts(row.tokens(), text)));
        }
        return shown;
    }

    private static List<Part> parts(TokenDataset.Row row, Function<int[], String> text) {
        List<Part> parts = new ArrayList<>();
        int length = row.tokens().length;
        for (int from = 0, to; from < length; from = to) {
            to = from + 1;
            while (to < length && row.mask()[to] == row.mask()[from]) {
                to++;
            }
            int[] tokens = Arrays.copyOfRange(row.tokens(), from, to);
            parts.add(new Part(text.apply(tokens), row.mask()[from] != 0));
        }
        return parts;
    }
}
