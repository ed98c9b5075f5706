package dev.septet.activities.prepare;

import dev.septet.activities.dataset.BadRow;
import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.ExcludedRow;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.format.FormatDecision;
import dev.septet.activities.dataset.record.RecordTrace;
import dev.septet.activities.dataset.transform.Transforms;
import dev.septet.activities.prepare.cleaning.CleanedRow;
import dev.septet.activities.prepare.cleaning.CleaningThreads;
import dev.septet.activities.prepare.cleaning.LabelPass;
import dev.septet.activities.prepare.cleaning.RowCleaner;
import dev.septet.activities.prepare.cleaning.SourceReaders;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.label.LabelFunctions;
import dev.septet.activities.prepare.redaction.NameFile;
import dev.septet.activities.prepare.redaction.Redaction;
import dev.septet.activities.prepare.shard.ShardedRows;
import dev.septet.activities.prepare.split.SplitAssignment;
import dev.septet.activities.source.DatasetSource;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.text.PublicText;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The first pass over the rows. {@link RowCleaner} has the steps that look at one row at a time, on several threads: read,
 * filter, map, consent, quality, redact, encode. This class has the steps that depend on the order of the rows: exact
 * duplicates, contamination, near-duplicates, the assignment to splits, and all counts and lists.
 */
final class Cleaning implements Closeable {
    private final PrepareSpec spec;
    private final SourceSet sources;
    private final RowSample sample;
    private final Quarantine quarantine;
    private final Redaction redaction;
    private final CleaningSteps steps;
    private final CleaningThreads threads;
    private final SourceReaders readers;
    private final DigestSet seen;
    private long read;
    private long kept;
    private long duplicates;
    private long filtered;
    private long droppedLong;
    private long truncated;
    private long passedOver;
    private final Set<String> layouts = new LinkedHashSet<>();
    private @Nullable FormatDecision decision;
    private RecordTrace trace = RecordTrace.NONE;
    private long forgotten;
    private long forgottenByContent;

    private Cleaning(
            PrepareSpec spec,
            SourceSet sources,
            RowSample sample,
            SourceDigest digest,
            RowEncoder encoder,
            CleaningSteps steps,
            @Nullable NameFile names,
            JsonLinesFile quarantined,
            JsonLinesFile redactions,
            @Nullable Path scratch)
            throws IOException {
        seen = new DigestSet(scratch == null ? null : scratch.resolve("digests"));
        this.steps = steps;
        this.spec = spec;
        this.sources = sources;
        this.sample = sample;
        boolean sampled = !sample.equals(RowSample.WHOLE);
        quarantine = new Quarantine(sources.name(), spec, sampled, quarantined);
        redaction = new Redaction(spec.redact(), names, digest.key(), redactions);
        readers = new SourceReaders(spec, encoder, steps.edit());
        RowCleaner.Steps ofRow = steps.ofRow(encoder, redaction);
        threads = CleaningThreads.onAllCores(() -> new RowCleaner(spec, ofRow));
    }

    /**
     * A pass that lists bad rows, redactions and removed rows in a folder.
     *
     * @param tests the test files of {@code decontaminate}; null without it
     * @param names the file of {@code redact names:}; null without it
     * @param scratch an empty folder for the texts that are compared
     */
    static Cleaning of(
            PrepareSpec spec,
            SourceSet sources,
            SourceDigest digest,
            RowEncoder encoder,
            @Nullable TestFiles tests,
            @Nullable NameFile names,
            Path scratch,
            Path out)
            throws IOException {
        CleaningSteps steps = new CleaningSteps(spec, tests, scratch, out);
        JsonLinesFile quarantined = new JsonLinesFile(out.resolve("quarantine.jsonl"));
        JsonLinesFile redactions = new JsonLinesFile(out.resolve("redactions.jsonl"));
        return new Cleaning(
                spec, sources, RowSample.WHOLE, digest, encoder, steps, names, quarantined, redactions, scratch);
    }

    /** A pass over a sample, which writes no file. */
    static Cleaning of(
            PrepareSpec spec,
            SourceSet sources,
            RowSample sample,
            SourceDigest digest,
            RowEncoder encoder,
            @Nullable TestFiles tests,
            @Nullable NameFile names)
            throws IOException {
        CleaningSteps steps = new CleaningSteps(spec, tests, null, null);
        return new Cleaning(
                spec, sources, sample, digest, encoder, steps, names, JsonLinesFile.none(), JsonLinesFile.none(), null);
    }

    /** Follows each row to its origin, and leaves out the rows that must be forgotten. */
    Cleaning tracing(RecordTrace follower) {
        trace = follower;
        return this;
    }

    /**
     * Results of the pass.
     *
     * @param layout file layout of the records
     * @param decision why the rows have their format; null when the pipeline names the format
     * @param passedOver number of rows outside the sample
     * @param longRows number of rows that are longer than {@code maxTokens}, including excluded
     *     ones
     * @param firstBad the first bad rows
     * @param sources what each source gave, in reading order
     * @param findings what the declared steps of cleaning found; null without any
     */
    record Outcome(
            String format,
            String layout,
            @Nullable FormatDecision decision,
            DatasetCard.Rows rows,
            long passedOver,
            long longRows,
            List<BadRow> firstBad,
            Map<String, Long> redactions,
            List<OfSource> sources,
            CleaningSteps.@Nullable Findings findings) {
        /**
         * What one source gave.
         *
         * @param passedOver number of its rows outside the sample
         */
        record OfSource(String format, DatasetCard.Rows rows, long passedOver) {
            /** The part of the source's rows that was read. */
            double readPart() {
                return rows.read() == 0 ? 1 : (double) rows.read() / (rows.read() + passedOver);
            }
        }

        /** Refuses a dataset without any remaining row. */
        void requireRows(PrepareSpec spec, SourceSet source) {
            if (rows.kept() > 0) {
                return;
            }
            throw new DatasetProblem(
                    DatasetProblem.Blame.DATA,
                    PublicText.of(
                            "%s: no row is left to train on (of %d read%s%s%s%s%s%s%s)",
                            PublicText.file(source.name()),
                            rows.read(),
                            left("left out by `filter`", rows.filtered()),
                            left("without consent", rows.withoutConsent()),
                            left("of low quality", rows.lowQuality()),
                            left("near-duplicates", rows.nearDuplicates()),
                            left("also in a test", rows.contaminated()),
                            left("without a label", rows.unlabelled()),
                            rows.droppedLong() == 0
                                    ? PublicText.of("")
                                    : PublicText.of(
                                            ", %d dropped as longer than maxTokens %d",
                                            rows.droppedLong(), spec.maxTokens())));
        }

        private static PublicText left(String why, long count) {
            return count == 0 ? PublicText.of("") : PublicText.of(", %d %s", count, PublicText.said(why));
        }
    }

    /**
     * Reads all rows of the sample.
     *
     * @param out receives the kept rows
     * @param reviewed chat rows that follow the source's rows, without its filters and maps; null
     *     for none
     */
    Outcome run(Spool.Sink out, SplitAssignment assignment, @Nullable SourceFile reviewed, LongConsumer rowsRead)
            throws IOException {
        List<Outcome.OfSource> given = new ArrayList<>();
        long all = sample.equals(RowSample.WHOLE) ? 0 : sources.bytes();
        LabelFunctions labels = steps.labels();
        if (labels != null) {
            vote(labels, all, rowsRead);
        }
        for (DatasetSource source : sources.sources()) {
            DatasetCard.Rows before = rows();
            long passedBefore = passedOver;
            DatasetFormat format = source.spec().format();
            for (SourceFile file : source.files()) {
                format = read(file, source, format, sampleOf(file, all), out, assignment, rowsRead);
            }
            given.add(new Outcome.OfSource(
                    format.name().toLowerCase(Locale.ROOT), rows().since(before), passedOver - passedBefore));
        }
        return outcome(given, out, assignment, reviewed, rowsRead);
    }

    /** The pass before this one: all records vote, so that the model of the labels is known. */
    private void vote(LabelFunctions labels, long all, LongConsumer rowsRead) throws IOException {
        long votes = LabelPass.count(labels, sources, readers, file -> sampleOf(file, all), trace, rowsRead);
        labels.fit(() -> rowsRead.accept(votes));
    }

    /** Reads a file; returns the format of its rows, which is that of the source's next file. */
    private DatasetFormat read(
            SourceFile file,
            DatasetSource source,
            DatasetFormat format,
            RowSample part,
            Spool.Sink out,
            SplitAssignment assignment,
            LongConsumer rowsRead)
            throws IOException {
        try (DatasetReader reader = readers.open(file, source.spec(), format, part)) {
            reader.trace(trace);
            threads.clean(reader, true, row -> add(row, out, assignment, rowsRead));
            layouts.add(reader.layout());
            decision = decision == null ? reader.decision().orElse(null) : decision;
            passedOver += reader.skipped();
            return reader.format();
        }
    }

    /**
     * The same result as that of {@link #run}, from rows that shards have cleaned.
     *
     * @param shards the rows of all files, in reading order
     */
    Outcome merge(
            ShardedRows shards,
            Spool.Sink out,
            SplitAssignment assignment,
            @Nullable SourceFile reviewed,
            LongConsumer rowsRead)
            throws IOException {
        LabelFunctions labels = steps.labels();
        if (labels != null) {
            labels.fit(Objects.requireNonNull(shards.votes()), () -> rowsRead.accept(0));
        }
        List<Outcome.OfSource> given = new ArrayList<>();
        for (int source = 0; source < sources.sources().size(); source++) {
            DatasetCard.Rows before = rows();
            shards.rowsOf(source, row -> add(row, out, assignment, rowsRead));
            layouts.addAll(shards.layouts(source));
            given.add(new Outcome.OfSource(shards.format(source), rows().since(before), 0));
        }
        return outcome(given, out, assignment, reviewed, rowsRead);
    }

    private Outcome outcome(
            List<Outcome.OfSource> given,
            Spool.Sink out,
            SplitAssignment assignment,
            @Nullable SourceFile reviewed,
            LongConsumer rowsRead)
            throws IOException {
        if (reviewed != null) {
            add(reviewed, out, assignment, rowsRead);
        }
        quarantine.check();
        return new Outcome(
                given.stream().map(Outcome.OfSource::format).distinct().collect(Collectors.joining(", ")),
                String.join(", ", layouts),
                decision,
                rows(),
                passedOver,
                quarantine.tooLong() + droppedLong + truncated,
                quarantine.first(),
                redaction.counts(),
                given,
                steps.findings());
    }

    private RowSample sampleOf(SourceFile file, long all) throws IOException {
        return sample.equals(RowSample.WHOLE)
                ? sample
                : sample.of(file.size(), all, sources.files().size());
    }

    private DatasetCard.Rows rows() {
        CleaningSteps.Removed removed = steps.removed();
        return new DatasetCard.Rows(
                read,
                kept,
                quarantine.count(),
                duplicates,
                redaction.droppedRows(),
                filtered - removed.withoutConsent() - removed.unlabelled() - forgotten,
                droppedLong,
                truncated,
                removed.withoutConsent(),
                removed.lowQuality(),
                removed.nearDuplicates(),
                removed.contaminated(),
                removed.unlabelled(),
                forgotten);
    }

    private void add(SourceFile reviewed, Spool.Sink out, SplitAssignment assignment, LongConsumer rowsRead)
            throws IOException {
        try (DatasetReader reader = DatasetReader.open(reviewed, DatasetFormat.CHAT, new Transforms(List.of()))) {
            reader.trace(trace);
            threads.clean(reader, false, row -> add(row, out, assignment, rowsRead));
        }
    }

    /** The steps that compare a row with other rows, and all counts and lists. */
    private void add(CleanedRow row, Spool.Sink out, SplitAssignment assignment, LongConsumer rowsRead)
            throws IOException {
        rowsRead.accept(++read);
        redaction.record(row.redactions(), row.result() instanceof CleanedRow.Personal);
        if (row.result() instanceof CleanedRow.Bad bad) {
            quarantine.add(bad.row(), bad.isLong());
        } else if (row.result() instanceof CleanedRow.Excluded excluded) {
            filtered++;
            if (excluded.reason() == ExcludedRow.Reason.CONSENT) {
                steps.addWithoutConsent();
            } else if (excluded.reason() == ExcludedRow.Reason.LABEL) {
                steps.addUnlabelled();
            }
            boolean byContent = excluded.reason() == ExcludedRow.Reason.FORGOTTEN_CONTENT;
            forgotten += byContent || excluded.reason() == ExcludedRow.Reason.FORGOTTEN ? 1 : 0;
            forgottenByContent += byContent ? 1 : 0;
        } else if (row.result() instanceof CleanedRow.LowQuality removed) {
            steps.removed(removed, row.place());
        } else if (row.result() instanceof CleanedRow.TooLong) {
            droppedLong++;
        } else if (row.result() instanceof CleanedRow.Candidate candidate) {
            keep(candidate, row.place(), out, assignment);
        }
    }

    private void keep(CleanedRow.Candidate row, RowPlace place, Spool.Sink out, SplitAssignment assignment)
            throws IOException {
        if (spec.deduplicate() && !seen.add(row.digest())) {
            duplicates++;
            return;
        }
        if (steps.removesUnique(row, place)) {
            return;
        }
        assignment.add(row.digest(), place, row.fields());
        steps.kept(row);
        kept++;
        truncated += row.truncated() ? 1 : 0;
        out.add(row.entry());
    }

    /** The rows so far that were left out because of their texts: some of the forgotten rows. */
    long forgottenByContent() {
        return forgottenByContent;
    }

    /** A name of the rows, such as a class, as the card may show it. */
    String shownName(String name) {
        return redaction.name(name);
    }

    @Override
    public void close() throws IOException {
        try (redaction;
                steps;
                seen;
                threads) {
            quarantine.close();
        }
    }
}
