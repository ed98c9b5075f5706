package dev.septet.activities.prepare.shard;

import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.file.FileRange;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.record.RecordTrace;
import dev.septet.activities.prepare.JsonLinesFile;
import dev.septet.activities.prepare.RowEncoder;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.prepare.cleaning.CleaningThreads;
import dev.septet.activities.prepare.cleaning.RowCleaner;
import dev.septet.activities.prepare.cleaning.SourceReaders;
import dev.septet.activities.prepare.contamination.Contamination;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.quality.QualityFilter;
import dev.septet.activities.prepare.redaction.NameFile;
import dev.septet.activities.prepare.redaction.Redaction;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.QualitySpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cleans the rows of one shard: the steps that look at one row at a time. */
public final class ShardCleaning {
    private final PrepareSpec spec;
    private final ShardPlan plan;
    private final SourceSet sources;
    private final RowEncoder encoder;
    private final @Nullable TestFiles tests;
    private final byte[] secret;
    private @Nullable NameFile names;
    private RecordTrace trace = RecordTrace.NONE;

    /**
     * @param tests the test files of {@code decontaminate}; null without it
     * @param secret the secret of the sources' digest, which keyed digests in the rows need
     */
    public ShardCleaning(
            PrepareSpec spec,
            ShardPlan plan,
            SourceSet sources,
            RowEncoder encoder,
            @Nullable TestFiles tests,
            byte[] secret) {
        this.spec = spec;
        this.plan = plan;
        this.sources = sources;
        this.encoder = encoder;
        this.tests = tests;
        this.secret = secret.clone();
    }

    /** Redacts the names of a file too. */
    public ShardCleaning naming(@Nullable NameFile file) {
        names = file;
        return this;
    }

    /** Follows each row to its origin, and leaves out the rows that must be forgotten. */
    public ShardCleaning tracing(RecordTrace follower) {
        trace = follower;
        return this;
    }

    /** Receives the position in a shard. */
    @FunctionalInterface
    public interface Cursor {
        /**
         * Receives a position.
         *
         * @param bytes number of bytes of the sources read so far
         * @param rows number of rows cleaned so far
         */
        void at(long bytes, long rows);
    }

    /**
     * Writes the cleaned rows of a shard.
     *
     * @param out an empty folder
     * @return number of rows
     * @throws dev.septet.activities.dataset.file.DatasetProblem when a file is not the planned one
     */
    public long run(int shard, Path out, Cursor cursor) throws IOException {
        List<SourceFile> files = sources.files();
        if (files.size() != plan.files().size()) {
            throw FileRange.changed(sources.name());
        }
        QualitySpec rules = spec.cleaningOrNone().quality();
        CleaningSpec.Decontamination against = spec.cleaningOrNone().decontaminate();
        long[] rows = {0};
        try (Redaction redaction = new Redaction(spec.redact(), names, secret, JsonLinesFile.none());
                Contamination contamination = against == null || tests == null
                        ? null
                        : new Contamination(against, tests, JsonLinesFile.none());
                ShardFile.Writer writer = new ShardFile.Writer(out)) {
            RowCleaner.Steps steps = new RowCleaner.Steps(
                    encoder, redaction, rules == null ? null : new QualityFilter(rules), contamination);
            SourceReaders readers = SourceReaders.labelling(spec, encoder, plan.votes(), () -> cursor.at(0, 0));
            try (CleaningThreads threads = CleaningThreads.onAllCores(() -> new RowCleaner(spec, steps))) {
                long before = 0;
                for (ShardPlan.Part part : plan.shards().get(shard).parts()) {
                    ShardPlan.PlannedFile planned = plan.files().get(part.file());
                    SourceFile file = file(files.get(part.file()), part, planned);
                    long read = before;
                    try (DatasetReader reader = readers.open(
                            file, sources.sources().get(planned.source()).spec(), planned.format(), RowSample.WHOLE)) {
                        reader.trace(trace);
                        threads.clean(reader, true, row -> {
                            writer.add(part.file(), row);
                            cursor.at(read + Math.min(part.bytes(), reader.position()), ++rows[0]);
                        });
                    }
                    before += part.bytes();
                }
            }
        }
        return rows[0];
    }

    /** The planned part of a file, with a check that its content is the planned one. */
    private static SourceFile file(SourceFile file, ShardPlan.Part part, ShardPlan.PlannedFile planned)
            throws IOException {
        ShardPlan.Lines lines = part.lines();
        if (!file.name().equals(planned.name())
                || (lines == null && !SourceDigest.of(file.path()).sha256().equals(planned.sha256()))) {
            throw FileRange.changed(planned.name());
        }
        return lines == null
                ? file
                : new SourceFile(
                        file.path(),
                        file.name(),
                        new FileRange(lines.from(), lines.to(), lines.firstLine(), lines.sha256()));
    }
}
