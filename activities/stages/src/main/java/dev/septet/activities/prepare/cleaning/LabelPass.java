package dev.septet.activities.prepare.cleaning;

import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.record.RecordTrace;
import dev.septet.activities.dataset.transform.Transforms;
import dev.septet.activities.prepare.RowEncoder;
import dev.septet.activities.prepare.label.LabelFunctions;
import dev.septet.activities.prepare.label.VoteCounts;
import dev.septet.activities.source.DatasetSource;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.LabelSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.IOException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The pass before the others: all records vote, so that the model of the labels is known. */
public final class LabelPass {
    private LabelPass() {}

    /** Which rows of a file are read. */
    @FunctionalInterface
    public interface Samples {
        /** The rows of a file. */
        RowSample of(SourceFile file) throws IOException;
    }

    /**
     * Counts the votes of all records. The labels are not fitted yet.
     *
     * @param trace leaves out the rows that must be forgotten
     * @param rowsRead receives the number of records so far
     * @return number of records
     */
    public static long count(
            LabelFunctions labels,
            SourceSet sources,
            SourceReaders readers,
            Samples samples,
            RecordTrace trace,
            LongConsumer rowsRead)
            throws IOException {
        long voted = 0;
        for (DatasetSource source : sources.sources()) {
            DatasetFormat format = source.spec().format();
            for (SourceFile file : source.files()) {
                try (DatasetReader reader = readers.unedited(file, source.spec(), format, labels, samples.of(file))) {
                    reader.trace(trace);
                    while (reader.next().isPresent()) {
                        rowsRead.accept(++voted);
                    }
                    format = reader.format();
                }
            }
        }
        return voted;
    }

    /** The votes of all records; null when the pipeline has no labelling functions. */
    public static @Nullable VoteCounts votes(
            PrepareSpec spec, SourceSet sources, RowEncoder encoder, RecordTrace trace, LongConsumer rowsRead)
            throws IOException {
        LabelSpec words = spec.label();
        if (words == null) {
            return null;
        }
        LabelFunctions labels = new LabelFunctions(new Transforms(spec.transforms()), words);
        var unused = count(labels, sources, new SourceReaders(spec, encoder), file -> RowSample.WHOLE, trace, rowsRead);
        return labels.counts();
    }
}
