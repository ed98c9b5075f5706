package dev.septet.activities.dataset;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.file.ByteCursor;
import dev.septet.activities.dataset.file.Container;
import dev.septet.activities.dataset.file.CsvRecords;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.JsonArray;
import dev.septet.activities.dataset.file.JsonLines;
import dev.septet.activities.dataset.file.Slice;
import dev.septet.activities.dataset.file.Slicer;
import dev.septet.activities.dataset.file.SourceContent;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.record.RecordEdit;
import dev.septet.activities.dataset.record.StrictRecord;
import dev.septet.activities.dataset.record.UnsupportedFields;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.dsl.text.PublicText;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a dataset from its first row to its last; memory use does not grow with the file. Every bad
 * row is returned with its place and reason; none is skipped silently.
 */
public final class DatasetReader implements Closeable {
    private final String name;
    private final SourceContent content;
    private final ByteCursor cursor;
    private final Container container;
    private final Slicer slicer;
    private final @Nullable ExtensionLines own;
    private DatasetFormat format;
    private @Nullable RowFormat shape;
    private @Nullable CsvRow columns;
    private RecordEdit edit = RecordEdit.NONE;
    private RowSample.Walk sample = RowSample.WHOLE.walk(0);
    private long skipped;
    private List<String> keeps = List.of();
    private RowMeta meta = RowMeta.NONE;
    private @Nullable RowPlace decidedAt;

    private DatasetReader(
            String name,
            SourceContent content,
            ByteCursor cursor,
            DatasetFormat format,
            @Nullable ExtensionSpec extension)
            throws IOException {
        this.name = name;
        this.content = content;
        this.cursor = cursor;
        this.format = format;
        own = extension == null ? null : ExtensionLines.of(extension);
        container = own == null ? Container.of(content.layoutName(name), cursor) : Container.LINES;
        slicer = switch (container) {
            case LINES -> new JsonLines(cursor);
            case ARRAY -> new JsonArray(cursor, name);
            case CSV -> new CsvRecords(cursor);
        };
        shape = format == DatasetFormat.AUTO ? null : RowFormat.of(format);
    }

    /**
     * Opens a file.
     *
     * @param format the format of the rows; {@code AUTO} detects it from the first row that is an
     *     object
     * @throws DatasetProblem when its content is not a known kind of file
     */
    public static DatasetReader open(SourceFile file, DatasetFormat format) throws IOException {
        return opened(file, format, null);
    }

    /** Like {@link #open(SourceFile, DatasetFormat)}, but edits every record first. */
    public static DatasetReader open(SourceFile file, DatasetFormat format, RecordEdit edit) throws IOException {
        DatasetReader reader = open(file, format);
        reader.edit = edit;
        return reader;
    }

    /**
     * Opens a pipeline's dataset in the format that the pipeline names.
     *
     * @throws dev.septet.dsl.extension.ExtensionProblem when the format is a jar's, and the jar is
     *     not here
     */
    public static DatasetReader open(SourceFile file, PrepareSpec spec, RecordEdit edit, RowSample sample)
            throws IOException {
        return open(file, spec.format(), spec.extension(), edit, sample);
    }

    /**
     * Like {@link #open(SourceFile, DatasetFormat, RecordEdit)}, but reads a sample of the rows.
     */
    public static DatasetReader open(SourceFile file, DatasetFormat format, RecordEdit edit, RowSample sample)
            throws IOException {
        return open(file, format, null, edit, sample);
    }

    /**
     * Opens a file of a source.
     *
     * @param format the source's format, or the one that an earlier file of the source decided
     */
    public static DatasetReader open(
            SourceFile file, SourceSpec source, DatasetFormat format, RecordEdit edit, RowSample sample)
            throws IOException {
        return open(file, format, source.extension(), edit, sample);
    }

    private static DatasetReader open(
            SourceFile file, DatasetFormat format, @Nullable ExtensionSpec extension, RecordEdit edit, RowSample sample)
            throws IOException {
        DatasetReader reader = opened(file, format, extension);
        try {
            reader.edit = edit;
            reader.sample = sample.walk(sample.equals(RowSample.WHOLE) ? 0 : file.size());
            return reader;
        } catch (IOException e) {
            reader.close();
            throw e;
        }
    }

    static DatasetReader open(InputStream bytes, String name, DatasetFormat format) throws IOException {
        return open(bytes, name, SourceContent.PLAIN, format, null);
    }

    private static DatasetReader opened(SourceFile file, DatasetFormat format, @Nullable ExtensionSpec extension)
            throws IOException {
        return open(file.open(), file.name(), file.content(), format, extension);
    }

    private static DatasetReader open(
            InputStream bytes,
            String name,
            SourceContent content,
            DatasetFormat format,
            @Nullable ExtensionSpec extension)
            throws IOException {
        InputStream in = new BufferedInputStream(bytes, 1 << 16);
        try {
            skipByteOrderMark(in);
            return new DatasetReader(name, content, new ByteCursor(in), format, extension);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /**
     * The next row, bad row, or excluded row; empty at the end.
     *
     * @throws DatasetProblem when nothing after this point can be read
     */
    public Optional<Reading> next() throws IOException {
        if (container == Container.CSV && columns == null) {
            Optional<Slice> header = slicer.next();
            if (header.isEmpty()) {
                return Optional.empty();
            }
            columns = CsvRow.header(header.get(), name);
        }
        for (Optional<Slice> slice = sampled(); slice.isPresent(); slice = sampled()) {
            RowPlace place = new RowPlace(name, slice.get().line());
            try {
                Optional<ObjectNode> record = record(slice.get());
                if (record.isPresent()) {
                    return Optional.of(row(record.get(), place));
                }
            } catch (RowProblem e) {
                return Optional.of(new BadRow(place, e.reason(), slice.get().length()));
            }
        }
        return Optional.empty();
    }

    /** Names the columns that {@link #meta} returns. */
    public void keep(List<String> columns) {
        keeps = List.copyOf(columns);
    }

    /** The kept columns of the row that was read last. */
    public RowMeta meta() {
        return meta;
    }

    /** The format of the rows: the configured one, or the detected one after the first row. */
    public DatasetFormat format() {
        return format;
    }

    /** Number of rows so far that are outside the sample. */
    public long skipped() {
        return skipped;
    }

    /** The file's layout, in words. */
    public String layout() {
        String stored = content.title();
        return stored != null ? stored : own == null ? container.title() : own.title();
    }

    /** The row that decided the format; empty when the pipeline names the format. */
    public Optional<RowPlace> decidedAt() {
        return Optional.ofNullable(decidedAt);
    }

    @Override
    public void close() throws IOException {
        cursor.close();
    }

    private Optional<Slice> sampled() throws IOException {
        while (true) {
            boolean sampled = sample.includes(cursor.position());
            cursor.keeping(sampled);
            Optional<Slice> slice = slicer.next();
            if (sampled || slice.isEmpty()) {
                slice.ifPresent(row -> sample.took(row.length()));
                return slice;
            }
            skipped++;
        }
    }

    /** The row in a slice of the file; empty for a line that is no row. */
    private Optional<ObjectNode> record(Slice slice) {
        if (slice.tooLong()) {
            throw new RowProblem(PublicText.of(
                    "is %,d bytes long, expected at most %,d", slice.length(), ByteCursor.MAX_RECORD_BYTES));
        }
        if (slice.unfinished()) {
            throw new RowProblem(PublicText.of("a quotation or bracket that opens in it is never closed"));
        }
        if (own != null) {
            return own.record(StrictRecord.text(slice.bytes()));
        }
        return Optional.of(columns == null ? StrictRecord.object(slice.bytes()) : columns.object(slice.bytes()));
    }

    private Reading row(ObjectNode record, RowPlace place) {
        if (!edit.apply(record, place)) {
            return new ExcludedRow(place);
        }
        if (shape == null) {
            format = FormatDetection.of(record).orElseThrow(() -> unknown(place, record));
            shape = RowFormat.of(format);
            decidedAt = place;
        }
        meta = RowMeta.of(record, keeps);
        UnsupportedFields.check(record, format, edit.reads());
        return shape.row(record, place);
    }

    /**
     * In a file without a header, the first row looks like column names: the message only counts
     * them, and never shows them.
     */
    private DatasetProblem unknown(RowPlace place, ObjectNode record) {
        return columns == null ? FormatDetection.unknown(place, record) : columns.unknown(name);
    }

    private static void skipByteOrderMark(InputStream in) throws IOException {
        in.mark(3);
        if (in.read() != 0xEF || in.read() != 0xBB || in.read() != 0xBF) {
            in.reset();
        }
    }
}
