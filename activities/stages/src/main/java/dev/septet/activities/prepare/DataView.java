package dev.septet.activities.prepare;

import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.redaction.NameFile;
import dev.septet.activities.prepare.split.SplitAssignment;
import dev.septet.activities.source.SourceSet;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.llm.train.data.TokenDataset;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows as the model reads them, for people: some rows at random, the longest ones, and the lengths of all. It reads what
 * {@link DatasetPreview} reads, and writes no file.
 *
 * @param lengths numbers of rows by length, shortest first
 * @param longest the longest rows, longest first
 * @param oddest the rows with the fewest characters per token, fewest first: the tokenizer knows little of their text
 * @param rows rows chosen at random, in the order of the choice
 */
public record DataView(List<Lengths> lengths, List<ShownRow> longest, List<ShownRow> oddest, List<ShownRow> rows) {
    /** Number of {@link #longest} rows. */
    private static final int LONGEST = 3;

    /** Number of {@link #oddest} rows. */
    private static final int ODDEST = 3;

    /** Number of {@link #lengths}. */
    private static final int BUCKETS = 8;

    public DataView {
        lengths = List.copyOf(lengths);
        longest = List.copyOf(longest);
        oddest = List.copyOf(oddest);
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

        /** Characters of its line per token. */
        double ease() {
            return (double) line.length() / length();
        }
    }

    /** Reads rows one by one, and keeps those that are shown. */
    private static final class Collector {
        private final int count;
        private final long seed;
        private final PriorityQueue<Candidate> random =
                new PriorityQueue<>(Comparator.comparingLong(Candidate::order).reversed());
        private final PriorityQueue<Candidate> longest = new PriorityQueue<>(Comparator.comparingInt(Candidate::length)
                .thenComparing(Comparator.comparingLong(Candidate::order).reversed()));
        private final PriorityQueue<Candidate> oddest = new PriorityQueue<>(Comparator.comparingDouble(Candidate::ease)
                .thenComparingLong(Candidate::order)
                .reversed());
        private final List<Integer> lengths = new ArrayList<>();

        Collector(int count, long seed) {
            this.count = count;
            this.seed = seed;
        }

        /** A repeated row: it counts, and is shown once. */
        void addCopy(TokenDataset.Row row) {
            lengths.add(row.tokens().length);
        }

        void add(String line, TokenDataset.Row row) {
            Candidate candidate = new Candidate(order(line, seed), line, row);
            lengths.add(candidate.length());
            addAtMost(random, candidate, count);
            addAtMost(longest, candidate, LONGEST);
            addAtMost(oddest, candidate, ODDEST);
        }

        DataView view(Function<int[], String> text) throws IOException {
            return new DataView(
                    buckets(lengths),
                    shown(longest, Comparator.comparingInt(Candidate::length).reversed(), text),
                    shown(oddest, Comparator.comparingDouble(Candidate::ease), text),
                    shown(random, Comparator.comparingLong(Candidate::order), text));
        }
    }

    /**
     * Reads the rows of a pipeline.
     *
     * @param tests the test files of {@code decontaminate}; null without it
     * @param names the file of {@code redact names:}; null without it
     * @param count number of random rows
     * @param seed seed of the choice
     * @throws dev.septet.activities.dataset.file.DatasetProblem when prepare would refuse the rows
     */
    public static DataView of(
            PrepareSpec spec,
            SourceSet sources,
            ModelRowEncoder encoder,
            @Nullable TestFiles tests,
            @Nullable NameFile names,
            int count,
            long seed)
            throws IOException {
        SourceDigest digest = SourceDigest.of(sources);
        RowSample sample = RowSample.of(sources.bytes());
        Collector collector = new Collector(count, seed);
        try (Cleaning cleaning = Cleaning.of(spec, sources, sample, digest, encoder, tests, names)) {
            cleaning.run(
                    entry -> {
                        for (TokenDataset.Row row : entry.rows()) {
                            collector.add(entry.line(), row);
                        }
                    },
                    new SplitAssignment(spec, seed),
                    null,
                    rows -> {});
        }
        return collector.view(encoder::text);
    }

    /**
     * Reads the training rows of a prepared dataset.
     *
     * @param dataset folder of the dataset
     * @param text text of tokens, with control tokens
     * @param lines also receives each row's line, once for each time that the split has it
     */
    public static DataView prepared(
            Path dataset, Function<int[], String> text, int count, long seed, Consumer<String> lines)
            throws IOException {
        Collector collector = new Collector(count, seed);
        TokenDataset tokens = TokenDataset.open(dataset.resolve("train.safetensors"));
        int each = tokens.rowsPerExample();
        try (BufferedReader in = Files.newBufferedReader(dataset.resolve("train.jsonl"))) {
            String before = "";
            for (int example = 0; example < tokens.examples(); example++) {
                String line = in.readLine();
                if (line == null) {
                    throw new IOException(dataset + ": train.jsonl has fewer rows than train.safetensors");
                }
                lines.accept(line);
                // The copies of a row follow each other, such as those of `balance by: oversample`.
                boolean copy = line.equals(before);
                before = line;
                for (int row = 0; row < each; row++) {
                    TokenDataset.Row encoded = tokens.row(example * each + row);
                    if (copy) {
                        collector.addCopy(encoded);
                    } else {
                        collector.add(line, encoded);
                    }
                }
            }
        }
        return collector.view(text);
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
