package dev.septet.activities.prepare;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
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
 * What prepare would find in a file: read by its own pass, of the whole of a small file and of a
 * {@link RowSample} of a larger one. Nothing is written, and no text of a row is kept.
 *
 * @param source the file and the format of its rows
 * @param layout how records are laid out in the file, such as {@code JSON Lines}
 * @param decidedBy what decided on the format
 * @param rowsInFile all rows of the file
 * @param whole whether all of them were read; if not, {@code splits}, {@code tokens} and {@code
 *     trainTokens} are scaled up from those that were
 * @param maxTokens longest row that the pipeline allows, in tokens
 * @param maxBadRows bad rows that the pipeline allows
 * @param rows what became of the rows that were read
 * @param longRows rows read that are longer than {@code maxTokens}, whatever becomes of them
 * @param firstBadRows place and reason of the first bad rows
 * @param splits rows of each split of the prepared dataset
 * @param tokens of the prepared rows; null without a tokenizer
 * @param general what the read rows of general skill have; null for none, or without a tokenizer
 * @param generalWhole whether all rows of general skill were read
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
    /** Stands for a tokenizer that is not at hand: every row fits, and has no tokens. */
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

    /** What a count among the rows read comes to in the whole file. */
    public long scaled(long count) {
        return Math.round(whole || rows.read() == 0 ? count : (double) count * rowsInFile / rows.read());
    }

    /** Rows of each split. */
    public record Splits(long train, long validation, long test) {}

    /**
     * Tokens of the prepared rows of all splits. In a pair, each answer with its question is a row.
     *
     * @param total of all splits
     * @param train of the training split
     * @param trainLoss those of the training split whose prediction is learned
     * @param median of a row
     * @param percentile95 95 of 100 rows have at most so many
     * @param longest of the rows read
     */
    public record Tokens(long total, long train, long trainLoss, int median, int percentile95, int longest) {}

    /**
     * Reads a file.
     *
     * @param objective of the training; null where none is named
     * @param digest of the file
     * @param encoder of the base model; null where its tokenizer is not at hand
     * @param general rows of general skill; null for none
     * @param splitSeed as prepare takes it
     * @throws DatasetProblem when prepare would refuse what was read
     * @throws dev.septet.activities.attempt.StageProblem when the objective cannot learn the rows
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
        ObjectiveCheck.hold(spec, source, sample, objective);
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
                new DatasetCard.Source(source.name(), digest.sha256(), digest.bytes(), found.format()),
                found.layout(),
                decidedBy(spec.format(), found.decidedAt()),
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

    /** Whether steps, memory and time follow from all rows, not from a sample. */
    public boolean exact() {
        return whole && generalWhole;
    }

    private static String decidedBy(DatasetFormat written, @Nullable RowPlace place) {
        PublicText by = written != DatasetFormat.AUTO
                ? PublicText.of("`format: %s` of the pipeline", PublicText.said(word(written)))
                : place == null
                        ? PublicText.of("nothing: no row has a known shape")
                        : PublicText.of("the fields of %s", place.shown());
        return by.toString();
    }

    private static String word(DatasetFormat format) {
        return format.name().toLowerCase(Locale.ROOT);
    }

    /** Counts what is kept of rows, and drops it. */
    private static final class Counted implements Spool.Sink {
        /** Of a kept example: its split key, and the tokens of its rows. */
        @SuppressWarnings("ArrayRecordComponent") // compared by nobody
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

        /** The smallest length that so many of a hundred do not exceed (nearest rank). */
        private static int percentile(int[] sorted, int percent) {
            return sorted.length == 0 ? 0 : sorted[(int) (((long) sorted.length * percent + 99) / 100) - 1];
        }
    }
}
