package dev.septet.activities.prepare.cleaning;

import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.document.ChunkLimit;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.record.RecordEdit;
import dev.septet.activities.dataset.transform.FieldCapture;
import dev.septet.activities.dataset.transform.Transforms;
import dev.septet.activities.prepare.RowEncoder;
import dev.septet.activities.prepare.label.LabelFunctions;
import dev.septet.activities.prepare.label.VoteCounts;
import dev.septet.activities.prepare.representation.DeclaredFields;
import dev.septet.activities.prepare.split.SplitAssignment;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.DocumentsSpec;
import dev.septet.dsl.pipeline.prepare.LabelSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Opens the files of a pipeline's sources, with its filters, maps and consent, and with the fields that later steps need. */
public final class SourceReaders {
    private final PrepareSpec spec;
    private final RowEncoder encoder;
    private final RecordEdit edit;

    /**
     * @param encoder measures the chunks of documents
     */
    public SourceReaders(PrepareSpec spec, RowEncoder encoder) {
        this(spec, encoder, new DeclaredFields(new Transforms(spec.transforms()), spec.cleaningOrNone()));
    }

    /**
     * With the labels of {@code label}, if the pipeline has any.
     *
     * @param votes the votes of all records; null without labelling functions
     * @param step runs before each step of the fit of the labels; an exception ends it
     */
    public static SourceReaders labelling(
            PrepareSpec spec, RowEncoder encoder, @Nullable VoteCounts votes, Runnable step) {
        LabelSpec words = spec.label();
        if (words == null || votes == null) {
            return new SourceReaders(spec, encoder);
        }
        LabelFunctions labels = new LabelFunctions(new Transforms(spec.transforms()), words);
        labels.fit(votes, step);
        return new SourceReaders(spec, encoder, new DeclaredFields(labels, spec.cleaningOrNone()));
    }

    /** With other edits of the records. */
    public SourceReaders(PrepareSpec spec, RowEncoder encoder, RecordEdit edit) {
        this.spec = spec;
        this.encoder = encoder;
        this.edit = edit;
    }

    /**
     * Opens a file.
     *
     * @param format the source's format, or the one that an earlier file of the source decided
     */
    public DatasetReader open(SourceFile file, SourceSpec source, DatasetFormat format, RowSample sample)
            throws IOException {
        DatasetReader reader = DatasetReader.open(file, source, format, spec.names(), edit, sample, chunks(source));
        reader.keep(spec.keep());
        CleaningSpec.Representation represent = spec.cleaningOrNone().represent();
        reader.capture(new FieldCapture(
                SplitAssignment.fields(spec, source.split()), represent == null ? null : represent.on()));
        return reader;
    }

    /**
     * Opens a file with another edit, and without the fields of later steps.
     *
     * @param other is used instead of the filters and maps
     */
    public DatasetReader unedited(
            SourceFile file, SourceSpec source, DatasetFormat format, RecordEdit other, RowSample sample)
            throws IOException {
        return DatasetReader.open(file, source, format, spec.names(), other, sample, chunks(source));
    }

    private ChunkLimit chunks(SourceSpec source) {
        DocumentsSpec documents = source.documents();
        return documents == null
                ? new ChunkLimit(spec.maxTokens(), 0, encoder.textTokens())
                : new ChunkLimit(documents.tokens(spec.maxTokens()), documents.repeated(), encoder.textTokens());
    }
}
