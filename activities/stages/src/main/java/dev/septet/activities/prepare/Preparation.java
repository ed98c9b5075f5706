package dev.septet.activities.prepare;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.record.RecordTrace;
import dev.septet.activities.lineage.LineageFile;
import dev.septet.activities.lineage.RowTracing;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.shard.ShardedRows;
import dev.septet.activities.prepare.split.BalancedClasses;
import dev.septet.activities.prepare.split.Mixture;
import dev.septet.activities.prepare.split.SplitAssignment;
import dev.septet.activities.prepare.synthetic.SyntheticCounts;
import dev.septet.activities.prepare.synthetic.SyntheticFiles;
import dev.septet.activities.source.DatasetSource;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.LeakageSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The work of the prepare stage without Temporal. It reads a source row by row, keeps the good rows
 * in a scratch file, then distributes them to the splits. The heap grows by about 30 bytes per kept row, for its split and
 * its length. What finds duplicates grows in scratch files. Equal inputs give equal bytes.
 */
public final class Preparation {
    private final PrepareSpec spec;
    private final SourceSet sources;
    private final SourceDigest digest;
    private final RowEncoder encoder;
    private final String tokenizer;
    private final long splitSeed;
    private final @Nullable TestFiles tests;
    private @Nullable RowTracing tracing;
    private @Nullable Path lineage;
    private final int fold;
    private SyntheticFiles syntheticFiles = SyntheticFiles.NONE;
    private SyntheticRows.Generating generating = SyntheticRows.Generating.NONE;
    private SyntheticRows.Progress progress = (doing, done, total) -> {};

    /**
     * @param encoder encoder of the base model
     * @param tokenizer digest of the base model's tokenizer, for the card
     */
    public Preparation(
            PrepareSpec spec,
            SourceSet sources,
            SourceDigest digest,
            RowEncoder encoder,
            String tokenizer,
            long splitSeed) {
        this(spec, sources, digest, encoder, tokenizer, splitSeed, null);
    }

    /**
     * @param tests the test files of {@code decontaminate}; null without it
     */
    public Preparation(
            PrepareSpec spec,
            SourceSet sources,
            SourceDigest digest,
            RowEncoder encoder,
            String tokenizer,
            long splitSeed,
            @Nullable TestFiles tests) {
        this(spec, sources, digest, encoder, tokenizer, splitSeed, tests, 0);
    }

    /**
     * @param fold the fold whose rows test, from 1; 0 for the declared shares
     */
    Preparation(
            PrepareSpec spec,
            SourceSet sources,
            SourceDigest digest,
            RowEncoder encoder,
            String tokenizer,
            long splitSeed,
            @Nullable TestFiles tests,
            int fold) {
        this.fold = fold;
        this.tests = tests;
        this.spec = spec;
        this.sources = sources;
        this.digest = digest;
        this.encoder = encoder;
        this.tokenizer = tokenizer;
        this.splitSeed = splitSeed;
    }

    /** The work on the only file of a spec. */
    public Preparation(
            PrepareSpec spec,
            SourceFile source,
            SourceDigest digest,
            RowEncoder encoder,
            String tokenizer,
            long splitSeed) {
        this(spec, SourceSet.of(spec, source), digest, encoder, tokenizer, splitSeed);
    }

    /** Makes synthetic rows with these files and models, and reports how far it is. */
    Preparation making(SyntheticFiles files, SyntheticRows.Generating models, SyntheticRows.Progress reports) {
        syntheticFiles = files;
        generating = models;
        progress = reports;
        return this;
    }

    /**
     * Also writes where each row comes from.
     *
     * @param folder an empty folder for the lineage, which is not a part of the dataset
     */
    public Preparation tracing(RowTracing rows, Path folder) {
        tracing = rows;
        lineage = folder;
        return this;
    }

    /**
     * Creates the dataset's files.
     *
     * @param scratch an empty folder for the rows between the passes
     * @param out an empty folder for the dataset
     * @param rowsRead receives the number of rows read, after each row
     * @throws DatasetProblem when the source cannot be used, or has more bad rows than allowed
     */
    public DatasetCard run(Path scratch, Path out, LongConsumer rowsRead) throws IOException {
        return run(AddedRows.NONE, scratch, out, rowsRead);
    }

    /**
     * Creates the dataset's files with additional rows.
     *
     * @param mix rows in addition to the source's rows
     */
    DatasetCard run(AddedRows mix, Path scratch, Path out, LongConsumer rowsRead) throws IOException {
        return run(
                (cleaning, sink, assignment) -> cleaning.run(sink, assignment, mix.reviewed(), rowsRead),
                mix,
                scratch,
                out);
    }

    /**
     * Creates the same files from rows that shards have cleaned.
     *
     * @param shards the rows of all files, in reading order
     */
    DatasetCard merge(ShardedRows shards, AddedRows mix, Path scratch, Path out, LongConsumer rowsRead)
            throws IOException {
        return run(
                (cleaning, sink, assignment) -> cleaning.merge(shards, sink, assignment, mix.reviewed(), rowsRead),
                mix,
                scratch,
                out);
    }

    /** The first pass. */
    private interface Pass {
        Cleaning.Outcome run(Cleaning cleaning, Spool.Sink sink, SplitAssignment assignment) throws IOException;
    }

    private DatasetCard run(Pass pass, AddedRows mix, Path scratch, Path out) throws IOException {
        Spool kept = new Spool(scratch.resolve("kept"));
        SplitAssignment assignment = new SplitAssignment(spec, splitSeed, false, fold);
        SplitFiles.Sizes sizes = new SplitFiles.Sizes();
        Cleaning.Outcome cleaned;
        UnaryOperator<String> names;
        DatasetCard.Forgotten forgotten = null;
        if (tests == null && spec.cleaningOrNone().decontaminate() != null) {
            throw new IllegalStateException("`decontaminate` is declared, but its test files were not found");
        }
        try (Cleaning cleaning = Cleaning.of(spec, sources, digest, encoder, tests, scratch, out)
                        .tracing(tracing == null ? RecordTrace.NONE : tracing);
                Spool.Writer sink = kept.writer()) {
            Spool.Sink measured = entry -> {
                sizes.add(entry);
                sink.add(entry);
            };
            names = cleaning::shownName;
            cleaned = pass.run(cleaning, measured, assignment);
            if (tracing != null) {
                forgotten = DatasetCard.Forgotten.of(
                        tracing.excluded(), cleaned.rows().forgotten(), cleaning.forgottenByContent());
            }
        }
        cleaned.requireRows(spec, sources);
        LeakageSearch leakage = leakage(kept, scratch, out);
        if (spec.synthetic() != null) {
            assignment.deferBalance();
        }
        Mixture mixture =
                mixture(spec, sources, cleaned, assignment, leakage == null ? Mixture.LeakageSearch.NONE : leakage);
        List<Spool> spools = new ArrayList<>(List.of(kept));
        SyntheticCounts made = null;
        if (spec.synthetic() != null) {
            Spool synthetic = new Spool(scratch.resolve("synthetic"));
            spools.add(synthetic);
            made = make(kept, synthetic, mixture, assignment, sizes, scratch);
            mixture = mixture.withSynthetic();
        }
        SplitFiles splits;
        Map<String, DatasetCard.SplitCard> shares;
        try (LineageFile.Writer traced = lineageWriter()) {
            splits = new SplitFiles(out, traced);
            shares = splits.write(spools, mixture, sizes);
        }
        SourceFile added = mix.general();
        DatasetCard.General general = added == null ? null : GeneralRows.write(added, encoder, out);
        DatasetCard card = new DatasetCard(
                new DatasetCard.Source(sources.name(), digest.sha256(), digest.bytes(), cleaned.format()),
                cleaned.rows(),
                shares,
                splitSeed,
                cleaned.redactions(),
                Math.max(splits.longestRow(), general == null ? 0 : general.longestRow()),
                spec.maxTokens(),
                tokenizer,
                mix.reviewed() == null ? null : new DatasetCard.Mixed(true),
                general,
                mixture.balance() == null ? null : shown(mixture.balance().card(), names),
                sources.declared() ? sourceCards(cleaned, mixture) : List.of(),
                cleaned.findings(),
                leakage == null ? null : leakage.counts(),
                fold,
                made,
                forgotten);
        Files.writeString(
                out.resolve(DatasetCard.FILE),
                SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(card) + "\n",
                StandardCharsets.UTF_8);
        return card;
    }

    private LineageFile.@Nullable Writer lineageWriter() throws IOException {
        return tracing == null || lineage == null ? null : new LineageFile.Writer(lineage, tracing.digests());
    }

    private SyntheticCounts make(
            Spool kept,
            Spool synthetic,
            Mixture splits,
            SplitAssignment assignment,
            SplitFiles.Sizes sizes,
            Path scratch)
            throws IOException {
        try (SyntheticCheck check = new SyntheticCheck(
                        spec,
                        digest,
                        encoder,
                        tests,
                        scratch,
                        !spec.syntheticOrNone().generate().isEmpty());
                Spool.Writer sink = synthetic.writer()) {
            Spool.Sink measured = entry -> {
                sizes.add(entry);
                sink.add(entry);
            };
            return new SyntheticRows(
                            spec.syntheticOrNone(), syntheticFiles, check, assignment, measured, generating, progress)
                    .make(kept, splits);
        }
    }

    /**
     * The classes with names that the card may show: a class is a value of the rows before redaction. Classes whose names
     * are then the same get a number.
     */
    private static BalancedClasses shown(BalancedClasses classes, UnaryOperator<String> names) {
        SortedMap<String, BalancedClasses.Count> shown = new TreeMap<>();
        Map<String, Integer> used = new HashMap<>();
        classes.classes().forEach((value, count) -> {
            String name = names.apply(value);
            int number = used.merge(name, 1, Integer::sum);
            String free = number == 1 ? name : name + " (" + number + ")";
            while (shown.containsKey(free)) {
                number = used.merge(name, 1, Integer::sum);
                free = name + " (" + number + ")";
            }
            shown.put(free, count);
        });
        return new BalancedClasses(classes.on(), classes.by(), shown);
    }

    private @Nullable LeakageSearch leakage(Spool kept, Path scratch, Path out) {
        LeakageSpec check = spec.split().leakage();
        return check == null
                ? null
                : new LeakageSearch(check, kept.lines(), scratch.resolve("leakage"), out.resolve("leakage.jsonl"));
    }

    /** The use of the kept rows. */
    static Mixture mixture(
            PrepareSpec spec,
            SourceSet sources,
            Cleaning.Outcome cleaned,
            SplitAssignment assignment,
            Mixture.LeakageSearch leakage)
            throws IOException {
        return sources.declared()
                ? new Mixture(
                        assignment,
                        spec.inputs(),
                        cleaned.sources().stream()
                                .map(source -> source.rows().kept())
                                .toList(),
                        cleaned.sources().stream()
                                .map(Cleaning.Outcome.OfSource::readPart)
                                .toList(),
                        leakage)
                : Mixture.of(assignment, leakage);
    }

    private List<DatasetCard.SourceCard> sourceCards(Cleaning.Outcome cleaned, Mixture mixture) throws IOException {
        List<DatasetCard.SourceCard> cards = new ArrayList<>();
        int from = 0;
        for (int s = 0; s < sources.sources().size(); s++) {
            DatasetSource source = sources.sources().get(s);
            Cleaning.Outcome.OfSource given = cleaned.sources().get(s);
            List<SourceDigest.OfFile> files =
                    digest.files().subList(from, from + source.files().size());
            from += files.size();
            Map<String, Long> splits = new LinkedHashMap<>();
            mixture.rows(s).forEach((name, rows) -> splits.put(name.word(), rows));
            cards.add(new DatasetCard.SourceCard(
                    source.name(),
                    source.spec().licence(),
                    source.commit(),
                    source.files().size(),
                    files.stream().mapToLong(SourceDigest.OfFile::bytes).sum(),
                    SourceDigest.of(files),
                    given.format(),
                    given.rows(),
                    mixture.overLimit(s),
                    mixture.overShare(s),
                    splits));
        }
        return cards;
    }
}
