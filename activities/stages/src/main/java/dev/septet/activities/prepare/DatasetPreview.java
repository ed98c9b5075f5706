package dev.septet.activities.prepare;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.format.FormatDecision;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The expected result of the prepare stage for a file. It uses the stage's own pass over the whole
 * of a small file, or over a {@link RowSample} of a larger one. It writes nothing and keeps no text
 * of a row.
 *
 * @param source the file and the format of its rows
 * @param layout file layout of the records, such as {@code JSON Lines}
 * @param decidedBy what determined the format
 * @param rowsInFile number of rows in the file
 * @param whole whether all rows were read; if not, {@code splits}, {@code tokens} and {@code
 *     trainTokens} are extrapolated from the rows that were read
 * @param maxTokens the pipeline's length limit of a row, in tokens
 * @param maxBadRows the pipeline's limit of bad rows
 * @param rows counts of the rows that were read
 * @param longRows number of read rows that are longer than {@code maxTokens}, including excluded
 *     ones
 * @param firstBadRows place and reason of the first bad rows
 * @param splits rows of each split of the prepared dataset
 * @param tokens tokens of the prepared rows; null without a tokenizer
 * @param general size of the rows of general capability that were read; null for none, or without a
 *     tokenizer
 * @param generalWhole whether all rows of general capability were read
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DatasetPreview(
        DatasetCard.Source source,
        String layout,
        String decidedBy,
        long rowsInFile,
        boolean whole,
        int maxTokens,
        int maxBadRows,
        DatasetCard.Rows rows,
        long longRows,
        List<String> firstBadRows,
        Splits splits,
        @Nullable Tokens tokens,
        DatasetCard.@Nullable General general,
        boolean generalWhole) {
    /** Used when no tokenizer is available: every row fits, and has no tokens. */
    private static final RowEncoder NO_TOKENS = new RowEncoder() {
        @Override
        public TokenDataset.Row encode(Row row) {
            return new TokenDataset.Row(new int[0], new byte[0]);
        }

        @Override
        public TokenDataset.Row encodeStart(Row row) {
            return encode(row);
        }

        @Override
        public List<TokenDataset.Row> example(Row row) {
            return List.of();
        }
    };

    public DatasetPreview {
        firstBadRows = List.copyOf(firstBadRows);
    }

    /** Extrapolates a count of the rows that were read to the whole file. */
    public long scaled(long count) {
        return Math.round(whole || rows.read() == 0 ? count : (double) count * rowsInFile / rows.read());
    }

    /** Rows of each split. */
    public record Splits(long train, long validation, long test) {}

    /**
     * Token counts of the prepared rows of all splits. In a preference pair, each answer with its
     * question is a row.
     *
     * @param total tokens of all splits
     * @param train tokens of the training split
     * @param trainLoss tokens of the training split with a loss
     * @param median median length of a row
     * @param percentile95 95th percentile of the row lengths
     * @param longest longest row that was read
     */
    public record Tokens(long total, long train, long trainLoss, int median, int percentile95, int longest) {}

    /**
     * Reads a file.
     *
     * @param objective the training's objective; null when none is named
     * @param digest digest of the file
     * @param encoder encoder of the base model; null when its tokenizer is not available
     * @param general rows of general capability; null for none
     * @param splitSeed seed of the prepare stage's split
     * @throws DatasetProblem when prepare would refuse the rows that were read
     * @throws dev.septet.activities.attempt.StageProblem when the objective cannot use the rows
     */
    public static DatasetPreview of(
            PrepareSpec spec,
            @Nullable ObjectiveSpec objective,
            SourceFile source,
            SourceDigest digest,
            @Nullable RowEncoder encoder,
            @Nullable SourceFile general,
            long splitSeed)
            throws IOException {
        RowSample sample = RowSample.of(digest.bytes());
        ObjectiveCheck.check(spec, source, sample, objective);
        SplitKeys keys = new SplitKeys(splitSeed);
        Counted counted = new Counted();
        Cleaning.Outcome found;
        try (Cleaning cleaning = Cleaning.of(spec, source, sample, digest, encoder == null ? NO_TOKENS : encoder)) {
            found = cleaning.run(counted, keys, null, rows -> {});
        }
        boolean whole = found.passedOver() == 0;
        if (whole) {
            found.requireRows(spec, source);
        }
        long inFile = found.rows().read() + found.passedOver();
        Split split = new Split(spec.split(), keys.sorted());
        double scale = whole ? 1 : (double) inFile / found.rows().read();
        return new DatasetPreview(
                new DatasetCard.Source(
                        source.name(), digest.sha256(), digest.bytes(), found.format(), found.decidedBy()),
                found.layout(),
                decidedBy(spec.format(), found.decision()),
                inFile,
                whole,
                spec.maxTokens(),
                spec.maxBadRows(),
                found.rows(),
                found.longRows(),
                found.firstBad().stream().map(bad -> bad.shown().toString()).toList(),
                counted.splits(split, scale),
                encoder == null ? null : counted.tokens(split, scale),
                general == null || encoder == null ? null : GeneralRows.preview(general, encoder, sampleOf(general)),
                general == null || sampleOf(general).equals(RowSample.WHOLE));
    }

    private static RowSample sampleOf(SourceFile file) throws IOException {
        return RowSample.of(Files.size(file.path()));
    }

    /** Whether estimates of steps, memory and time use all rows instead of a sample. */
    public boolean exact() {
        return whole && generalWhole;
    }

    private static String decidedBy(DatasetFormat written, @Nullable FormatDecision decision) {
        PublicText by = written != DatasetFormat.AUTO
                ? PublicText.of("`format: %s` of the pipeline", PublicText.said(word(written)))
                : decision == null ? PublicText.of("nothing: no row has a known shape") : decision.reason();
        return by.toString();
    }

    private static String word(DatasetFormat format) {
        return format.name().toLowerCase(Locale.ROOT);
    }

    /** Counts the kept rows and discards them. */
    private static final class Counted implements Spool.Sink {
        /** A kept example: its split key, and the lengths of its rows in tokens. */
        @SuppressWarnings("ArrayRecordComponent") // never compared
        private record Example(long key, int[] lengths, int lossTokens) {
            int tokens() {
                return Arrays.stream(lengths).sum();
            }
        }

        private final List<Example> examples = new ArrayList<>();

        @Override
        public void add(Spool.Entry entry) {
            examples.add(new Example(
                    entry.key(),
                    entry.rows().stream().mapToInt(row -> row.tokens().length).toArray(),
                    entry.rows().stream().mapToInt(TokenDataset.Row::lossTokens).sum()));
        }

        Splits splits(Split split, double scale) {
            return new Splits(
                    scaled(rows(split, SplitName.TRAIN), scale),
                    scaled(rows(split, SplitName.VALIDATION), scale),
                    scaled(rows(split, SplitName.TEST), scale));
        }

        Tokens tokens(Split split, double scale) {
            int[] lengths = examples.stream()
                    .flatMapToInt(example -> Arrays.stream(example.lengths()))
                    .sorted()
                    .toArray();
            List<Example> train = examples.stream()
                    .filter(example -> split.of(example.key()) == SplitName.TRAIN)
                    .toList();
            return new Tokens(
                    scaled(Arrays.stream(lengths).asLongStream().sum(), scale),
                    scaled(train.stream().mapToLong(Example::tokens).sum(), scale),
                    scaled(train.stream().mapToLong(Example::lossTokens).sum(), scale),
                    percentile(lengths, 50),
                    percentile(lengths, 95),
                    percentile(lengths, 100));
        }

        private long rows(Split split, SplitName name) {
            return examples.stream()
                    .filter(example -> split.of(example.key()) == name)
                    .count();
        }

        private static long scaled(long count, double scale) {
            return Math.round(count * scale);
        }

        /** The percentile of sorted lengths (nearest rank). */
        private static int percentile(int[] sorted, int percent) {
            return sorted.length == 0 ? 0 : sorted[(int) (((long) sorted.length * percent + 99) / 100) - 1];
        }
    }
}
