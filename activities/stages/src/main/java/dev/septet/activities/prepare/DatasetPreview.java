package dev.septet.activities.prepare;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.format.FormatDecision;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.duplicate.LeakageCheck;
import dev.septet.activities.prepare.label.LabelTable;
import dev.septet.activities.prepare.redaction.NameFile;
import dev.septet.activities.prepare.split.Mixture;
import dev.septet.activities.prepare.split.SplitAssignment;
import dev.septet.activities.prepare.split.SplitName;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.LeakageSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
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
 * @param leakage rows that are similar to a row of another split; null without the check, and for a sample
 * @param folds number of trainings of the cross-validation before the final training; null without one
 * @param labels the quality of labelling functions on the rows that were read; null for none
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
        boolean generalWhole,
        LeakageCheck.@Nullable Counts leakage,
        @Nullable Integer folds,
        @Nullable LabelTable labels) {
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

    /** Reads the only file of a spec. */
    public static DatasetPreview of(
            PrepareSpec spec,
            @Nullable ObjectiveSpec objective,
            SourceFile source,
            SourceDigest digest,
            @Nullable RowEncoder encoder,
            @Nullable SourceFile general,
            long splitSeed)
            throws IOException {
        return of(spec, objective, SourceSet.of(spec, source), digest, encoder, general, splitSeed, null, null);
    }

    /**
     * Reads the files of all sources.
     *
     * @param objective the training's objective; null when none is named
     * @param digest digest of the files
     * @param encoder encoder of the base model; null when its tokenizer is not available
     * @param general rows of general capability; null for none
     * @param splitSeed seed of the prepare stage's split
     * @param tests the test files of {@code decontaminate}, whose rows are removed; null without it
     * @param names the file of {@code redact names:}; null without it
     * @throws DatasetProblem when prepare would refuse the rows that were read
     * @throws dev.septet.activities.attempt.StageProblem when the objective cannot use the rows
     */
    public static DatasetPreview of(
            PrepareSpec spec,
            @Nullable ObjectiveSpec objective,
            SourceSet sources,
            SourceDigest digest,
            @Nullable RowEncoder encoder,
            @Nullable SourceFile general,
            long splitSeed,
            @Nullable TestFiles tests,
            @Nullable NameFile names)
            throws IOException {
        RowSample sample = RowSample.of(sources.bytes());
        ObjectiveCheck.check(spec, sources, sample, objective);
        SplitAssignment assignment = new SplitAssignment(spec, splitSeed, !sample.equals(RowSample.WHOLE));
        if (spec.synthetic() != null) {
            assignment.deferBalance(); // rows that are made later count for their classes
        }
        LeakageSpec check = spec.split().leakage();
        Counted counted = new Counted(check != null);
        Cleaning.Outcome found;
        try (Cleaning cleaning =
                Cleaning.of(spec, sources, sample, digest, encoder == null ? NO_TOKENS : encoder, tests, names)) {
            found = cleaning.run(counted, assignment, null, rows -> {});
        }
        boolean whole = found.passedOver() == 0;
        if (whole) {
            found.requireRows(spec, sources);
        }
        long inFile = found.rows().read() + found.passedOver();
        // The rows of a sample are not all rows of their splits, so leakage is searched in whole files only.
        LeakageSearch leakage = check == null || !whole ? null : new LeakageSearch(check, counted.lines, null, null);
        Mixture mixture = Preparation.mixture(
                spec, sources, found, assignment, leakage == null ? Mixture.LeakageSearch.NONE : leakage);
        double[] scales = scales(found, mixture.size());
        return new DatasetPreview(
                new DatasetCard.Source(sources.name(), digest.sha256(), digest.bytes(), found.format()),
                found.layout(),
                decidedBy(sources, found.decision()),
                inFile,
                whole,
                spec.maxTokens(),
                spec.maxBadRows(),
                found.rows(),
                found.longRows(),
                found.firstBad().stream().map(bad -> bad.shown().toString()).toList(),
                counted.splits(mixture, scales),
                encoder == null ? null : counted.tokens(mixture, scales),
                general == null || encoder == null ? null : GeneralRows.preview(general, encoder, sampleOf(general)),
                general == null || sampleOf(general).equals(RowSample.WHOLE),
                leakage == null ? null : leakage.counts(),
                spec.split().folds(),
                found.findings() == null ? null : found.findings().labels());
    }

    /** How many rows of the files each kept row stands for; sources are sampled differently. */
    private static double[] scales(Cleaning.Outcome found, int kept) {
        double[] scales = new double[kept];
        int from = 0;
        for (Cleaning.Outcome.OfSource source : found.sources()) {
            int to = Math.min(kept, Math.toIntExact(from + source.rows().kept()));
            Arrays.fill(scales, from, to, 1 / source.readPart());
            from = to;
        }
        return scales;
    }

    private static RowSample sampleOf(SourceFile file) throws IOException {
        return RowSample.of(Files.size(file.path()));
    }

    /** Whether estimates of steps, memory and time use all rows instead of a sample. */
    public boolean exact() {
        return whole && generalWhole;
    }

    private static String decidedBy(SourceSet sources, @Nullable FormatDecision decision) {
        if (sources.sources().size() > 1) {
            return "each dataset's `format:`, or else its first rows";
        }
        DatasetFormat written = sources.sources().get(0).spec().format();
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
        /** A kept example: the lengths of its rows in tokens. */
        @SuppressWarnings("ArrayRecordComponent") // never compared
        private record Example(int[] lengths, int lossTokens) {
            int tokens() {
                return Arrays.stream(lengths).sum();
            }
        }

        private final List<Example> examples = new ArrayList<>();
        private final List<String> lines = new ArrayList<>();
        private final boolean keepsLines;

        /**
         * @param keepsLines whether a later search needs the lines of the rows
         */
        Counted(boolean keepsLines) {
            this.keepsLines = keepsLines;
        }

        @Override
        public void add(Spool.Entry entry) {
            if (keepsLines) {
                lines.add(entry.line());
            }
            examples.add(new Example(
                    entry.rows().stream().mapToInt(row -> row.tokens().length).toArray(),
                    entry.rows().stream().mapToInt(TokenDataset.Row::lossTokens).sum()));
        }

        Splits splits(Mixture mixture, double[] scales) {
            return new Splits(
                    sum(mixture, SplitName.TRAIN, scales, example -> 1),
                    sum(mixture, SplitName.VALIDATION, scales, example -> 1),
                    sum(mixture, SplitName.TEST, scales, example -> 1));
        }

        Tokens tokens(Mixture mixture, double[] scales) {
            int[] lengths = IntStream.range(0, examples.size())
                    .filter(row -> mixture.copies(row) > 0)
                    .boxed()
                    .flatMap(row -> Collections.nCopies(mixture.copies(row), examples.get(row)).stream())
                    .flatMapToInt(example -> Arrays.stream(example.lengths()))
                    .sorted()
                    .toArray();
            return new Tokens(
                    sum(mixture, null, scales, Example::tokens),
                    sum(mixture, SplitName.TRAIN, scales, Example::tokens),
                    sum(mixture, SplitName.TRAIN, scales, Example::lossTokens),
                    percentile(lengths, 50),
                    percentile(lengths, 95),
                    percentile(lengths, 100));
        }

        /** The sum of an amount over the used examples of one split or of all, extrapolated to the files. */
        private long sum(Mixture mixture, @Nullable SplitName name, double[] scales, ToIntFunction<Example> amount) {
            double sum = 0;
            for (int row = 0; row < examples.size(); row++) {
                if (name == null || mixture.split(row) == name) {
                    sum += scales[row] * mixture.copies(row) * amount.applyAsInt(examples.get(row));
                }
            }
            return Math.round(sum);
        }

        /** The percentile of sorted lengths (nearest rank). */
        private static int percentile(int[] sorted, int percent) {
            return sorted.length == 0 ? 0 : sorted[(int) (((long) sorted.length * percent + 99) / 100) - 1];
        }
    }
}
