package dev.septet.activities.prepare;

import dev.septet.activities.dataset.BadRow;
import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.ExcludedRow;
import dev.septet.activities.dataset.LongRowProblem;
import dev.septet.activities.dataset.Reading;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.transform.Transforms;
import dev.septet.activities.prepare.redaction.Redaction;
import dev.septet.activities.source.DatasetSource;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.train.data.TokenDataset;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The first pass over the rows: read, filter, map, redact, encode, deduplicate. */
final class Cleaning implements Closeable {
    private final PrepareSpec spec;
    private final SourceSet sources;
    private final RowSample sample;
    private final RowEncoder encoder;
    private final Quarantine quarantine;
    private final Redaction redaction;
    private final DigestSet seen = new DigestSet();
    private long read;
    private long kept;
    private long duplicates;
    private long filtered;
    private long droppedLong;
    private long truncated;
    private long passedOver;
    private final Set<String> layouts = new LinkedHashSet<>();
    private @Nullable RowPlace decidedAt;

    private Cleaning(
            PrepareSpec spec,
            SourceSet sources,
            RowSample sample,
            SourceDigest digest,
            RowEncoder encoder,
            JsonLinesFile quarantined,
            JsonLinesFile redactions) {
        this.spec = spec;
        this.sources = sources;
        this.sample = sample;
        this.encoder = encoder;
        boolean sampled = !sample.equals(RowSample.WHOLE);
        quarantine = new Quarantine(sources.name(), spec, sampled, quarantined);
        redaction = new Redaction(spec.redact(), digest.key(), redactions);
    }

    /** A pass that lists bad rows and redactions in a folder. */
    static Cleaning of(PrepareSpec spec, SourceSet sources, SourceDigest digest, RowEncoder encoder, Path out)
            throws IOException {
        JsonLinesFile quarantined = new JsonLinesFile(out.resolve("quarantine.jsonl"));
        JsonLinesFile redactions = new JsonLinesFile(out.resolve("redactions.jsonl"));
        return new Cleaning(spec, sources, RowSample.WHOLE, digest, encoder, quarantined, redactions);
    }

    /** A pass over a sample, which writes no file. */
    static Cleaning of(PrepareSpec spec, SourceSet sources, RowSample sample, SourceDigest digest, RowEncoder encoder) {
        return new Cleaning(spec, sources, sample, digest, encoder, JsonLinesFile.none(), JsonLinesFile.none());
    }

    /**
     * Results of the pass.
     *
     * @param layout file layout of the records
     * @param decidedAt the row that decided the format; null when the pipeline names the format
     * @param passedOver number of rows outside the sample
     * @param longRows number of rows that are longer than {@code maxTokens}, including excluded
     *     ones
     * @param firstBad the first bad rows
     * @param sources what each source gave, in reading order
     */
    record Outcome(
            String format,
            String layout,
            @Nullable RowPlace decidedAt,
            DatasetCard.Rows rows,
            long passedOver,
            long longRows,
            List<BadRow> firstBad,
            Map<String, Long> redactions,
            List<OfSource> sources) {
        /** The format and the counts of one source. */
        record OfSource(String format, DatasetCard.Rows rows) {}

        /** Refuses a dataset without any remaining row. */
        void requireRows(PrepareSpec spec, SourceSet source) {
            if (rows.kept() > 0) {
                return;
            }
            throw new DatasetProblem(
                    DatasetProblem.Blame.DATA,
                    PublicText.of(
                            "%s: no row is left to train on (of %d read%s%s)",
                            PublicText.file(source.name()),
                            rows.read(),
                            rows.filtered() == 0
                                    ? PublicText.of("")
                                    : PublicText.of(", %d left out by `filter`", rows.filtered()),
                            rows.droppedLong() == 0
                                    ? PublicText.of("")
                                    : PublicText.of(
                                            ", %d dropped as longer than maxTokens %d",
                                            rows.droppedLong(), spec.maxTokens())));
        }
    }

    /**
     * Reads all rows of the sample.
     *
     * @param out receives the kept rows
     * @param reviewed chat rows that follow the source's rows, without its filters and maps; null
     *     for none
     */
    Outcome run(Spool.Sink out, SplitKeys keys, @Nullable SourceFile reviewed, LongConsumer rowsRead)
            throws IOException {
        List<Outcome.OfSource> given = new ArrayList<>();
        long all = sample.equals(RowSample.WHOLE) ? 0 : sources.bytes();
        for (DatasetSource source : sources.sources()) {
            DatasetCard.Rows before = rows();
            DatasetFormat format = source.spec().format();
            for (SourceFile file : source.files()) {
                format = read(file, source, format, sampleOf(file, all), out, keys, rowsRead);
            }
            given.add(new Outcome.OfSource(format.name().toLowerCase(Locale.ROOT), rows().since(before)));
        }
        if (reviewed != null) {
            add(reviewed, out, keys, rowsRead);
        }
        quarantine.check();
        return new Outcome(
                given.stream().map(Outcome.OfSource::format).distinct().collect(Collectors.joining(", ")),
                String.join(", ", layouts),
                decidedAt,
                rows(),
                passedOver,
                quarantine.tooLong() + droppedLong + truncated,
                quarantine.first(),
                redaction.counts(),
                given);
    }

    /** Reads a file; returns the format of its rows, which is that of the source's next file. */
    private DatasetFormat read(
            SourceFile file,
            DatasetSource source,
            DatasetFormat format,
            RowSample part,
            Spool.Sink out,
            SplitKeys keys,
            LongConsumer rowsRead)
            throws IOException {
        Transforms transforms = new Transforms(spec.transforms());
        try (DatasetReader reader = DatasetReader.open(file, source.spec(), format, transforms, part)) {
            reader.keep(spec.keep());
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                rowsRead.accept(++read);
                addReading(next.get(), reader.meta(), out, keys);
            }
            layouts.add(reader.layout());
            decidedAt = decidedAt == null ? reader.decidedAt().orElse(null) : decidedAt;
            passedOver += reader.skipped();
            return reader.format();
        }
    }

    private RowSample sampleOf(SourceFile file, long all) throws IOException {
        return sample.equals(RowSample.WHOLE)
                ? sample
                : sample.of(file.size(), all, sources.files().size());
    }

    private DatasetCard.Rows rows() {
        return new DatasetCard.Rows(
                read, kept, quarantine.count(), duplicates, redaction.droppedRows(), filtered, droppedLong, truncated);
    }

    private void add(SourceFile reviewed, Spool.Sink out, SplitKeys keys, LongConsumer rowsRead) throws IOException {
        try (DatasetReader reader = DatasetReader.open(reviewed, DatasetFormat.CHAT, new Transforms(List.of()))) {
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                rowsRead.accept(++read);
                addReading(next.get(), RowMeta.NONE, out, keys);
            }
        }
    }

    private void addReading(Reading reading, RowMeta meta, Spool.Sink out, SplitKeys keys) throws IOException {
        if (reading instanceof BadRow bad) {
            quarantine.add(bad, false);
        } else if (reading instanceof ExcludedRow) {
            filtered++;
        } else if (reading instanceof Row row) {
            try {
                keep(row, meta, out, keys);
            } catch (RowProblem e) {
                long bytes = RowJson.canonical(row).getBytes(StandardCharsets.UTF_8).length;
                quarantine.add(new BadRow(row.place(), e.reason(), bytes), e instanceof LongRowProblem);
            }
        }
    }

    private void keep(Row row, RowMeta meta, Spool.Sink out, SplitKeys keys) throws IOException {
        Optional<Row> clean = redaction.apply(row);
        if (clean.isEmpty()) {
            return;
        }
        Optional<RowMeta> columns =
                meta.values().isEmpty() ? Optional.of(meta) : redaction.apply(row.place(), meta::edited);
        if (columns.isEmpty()) {
            return;
        }
        Optional<RowEncoder.Truncated> cut = Optional.empty();
        List<TokenDataset.Row> encoded = List.of();
        try {
            encoded = encoder.example(clean.get());
        } catch (LongRowProblem e) {
            switch (spec.longRows()) {
                case FAIL -> throw e;
                case DROP -> {
                    droppedLong++;
                    return;
                }
                case TRUNCATE -> cut = Optional.of(encoder.truncated(clean.get()));
            }
        }
        byte[] digest = RowJson.digest(clean.get());
        if (spec.deduplicate() && !seen.add(digest)) {
            duplicates++;
            return;
        }
        kept++;
        truncated += cut.isPresent() ? 1 : 0;
        Row whole = cut.map(RowEncoder.Truncated::row).orElse(clean.get());
        List<TokenDataset.Row> tokens = cut.map(RowEncoder.Truncated::tokens).orElse(encoded);
        out.add(new Spool.Entry(keys.add(digest), RowJson.line(whole, columns.get()), tokens));
    }

    @Override
    public void close() throws IOException {
        try (redaction) {
            quarantine.close();
        }
    }
}
