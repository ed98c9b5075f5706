package dev.septet.activities.dataset;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.document.ChunkLimit;
import dev.septet.activities.dataset.document.DocumentKind;
import dev.septet.activities.dataset.document.DocumentSlicer;
import dev.septet.activities.dataset.file.ByteCursor;
import dev.septet.activities.dataset.file.Container;
import dev.septet.activities.dataset.file.CsvRecords;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.FileRange;
import dev.septet.activities.dataset.file.JsonArray;
import dev.septet.activities.dataset.file.JsonLines;
import dev.septet.activities.dataset.file.Slice;
import dev.septet.activities.dataset.file.Slicer;
import dev.septet.activities.dataset.file.SourceContent;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.format.FormatDecision;
import dev.septet.activities.dataset.format.FormatDetection;
import dev.septet.activities.dataset.format.RowFormat;
import dev.septet.activities.dataset.record.ColumnNames;
import dev.septet.activities.dataset.record.RecordEdit;
import dev.septet.activities.dataset.record.RecordTrace;
import dev.septet.activities.dataset.record.StrictRecord;
import dev.septet.activities.dataset.record.UnsupportedFields;
import dev.septet.activities.dataset.transform.FieldCapture;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.RowNamesSpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import dev.septet.dsl.text.PublicText;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a dataset from its first row to its last; memory use does not grow with the file. Every bad
 * row is returned with its place and reason; none is skipped silently.
 */
public final class DatasetReader implements Closeable {
    /** Bytes that are read ahead to decide the format, beyond which the rows so far decide. */
    private static final long MAX_AHEAD = 8L << 20;

    /** Records that are read ahead: most of them may have no known format. */
    private static final int MAX_RECORDS_AHEAD = 1000;

    private final String name;
    private final SourceContent content;
    private final ByteCursor cursor;
    private final Container container;
    private final Slicer slicer;
    private final @Nullable DocumentSlicer documents;
    private long fileBytes;
    private final @Nullable ExtensionLines own;
    private DatasetFormat format;
    private @Nullable RowFormat shape;
    private @Nullable CsvRow columns;
    private RecordEdit edit = RecordEdit.NONE;
    private RowSample.Walk sample = RowSample.WHOLE.walk(0);
    private long skipped;
    private @Nullable FormatDecision decision;
    private @Nullable RowNamesSpec names;
    private final Deque<Ahead> ahead = new ArrayDeque<>();
    private List<String> keeps = List.of();
    private RowMeta meta = RowMeta.NONE;
    private FieldCapture capture = FieldCapture.NONE;
    private FieldCapture.Values captured = FieldCapture.Values.NONE;
    private RecordTrace trace = RecordTrace.NONE;

    private DatasetReader(
            String name,
            SourceContent content,
            ByteCursor cursor,
            DatasetFormat format,
            @Nullable ExtensionSpec extension,
            @Nullable DocumentSlicer documents)
            throws IOException {
        this.name = name;
        this.documents = documents;
        this.content = content;
        this.cursor = cursor;
        this.format = format;
        own = extension == null ? null : ExtensionLines.of(extension);
        boolean lines = own != null || documents != null || content instanceof FileRange;
        container = lines ? Container.LINES : Container.of(content.layoutName(name), cursor);
        slicer = documents != null
                ? documents
                : switch (container) {
                    case LINES -> new JsonLines(cursor);
                    case ARRAY -> new JsonArray(cursor, name);
                    case CSV -> new CsvRecords(cursor);
                };
        shape = format == DatasetFormat.AUTO ? null : RowFormat.of(format);
    }

    /**
     * Opens a file.
     *
     * @param format the format of the rows; {@code AUTO} detects it from the first rows, at most {@link
     *     FormatDecision#ROWS}
     * @throws DatasetProblem when its content is not a known kind of file
     */
    public static DatasetReader open(SourceFile file, DatasetFormat format) throws IOException {
        return opened(file, format, null);
    }

    /**
     * Opens a file with names of its own.
     *
     * @param names the names that the file uses instead of those of its format; null for none
     */
    public static DatasetReader open(SourceFile file, DatasetFormat format, @Nullable RowNamesSpec names)
            throws IOException {
        return open(file, format).with(names);
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
        DatasetReader reader = open(file, spec.format(), spec.extension(), edit, sample);
        reader.names = spec.names();
        if (reader.shape != null) {
            reader.shape = RowFormat.of(spec.format(), spec.names());
        }
        return reader;
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
     * @param names the names that the file uses instead of those of its format; null for none
     * @param chunks the size of the rows of a document
     */
    public static DatasetReader open(
            SourceFile file,
            SourceSpec source,
            DatasetFormat format,
            @Nullable RowNamesSpec names,
            RecordEdit edit,
            RowSample sample,
            ChunkLimit chunks)
            throws IOException {
        DatasetReader reader = source.documents() != null && file.content() instanceof DocumentKind kind
                ? new DatasetReader(file, format, new DocumentSlicer(kind, file, chunks))
                : opened(file, format, source.extension());
        return reader.with(file, edit, sample).with(names);
    }

    private DatasetReader(SourceFile file, DatasetFormat format, DocumentSlicer documents) throws IOException {
        this(file.name(), file.content(), new ByteCursor(InputStream.nullInputStream()), format, null, documents);
    }

    private DatasetReader with(@Nullable RowNamesSpec names) {
        this.names = names;
        shape = shape == null ? null : RowFormat.of(format, names);
        return this;
    }

    private static DatasetReader open(
            SourceFile file, DatasetFormat format, @Nullable ExtensionSpec extension, RecordEdit edit, RowSample sample)
            throws IOException {
        return opened(file, format, extension).with(file, edit, sample);
    }

    private DatasetReader with(SourceFile file, RecordEdit edit, RowSample sample) throws IOException {
        try {
            this.edit = edit;
            fileBytes = sample.equals(RowSample.WHOLE) ? 0 : file.size();
            this.sample = sample.walk(fileBytes);
            return this;
        } catch (IOException e) {
            close();
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
            FileRange range = content instanceof FileRange part ? part : null;
            if (range == null || range.from() == 0) {
                skipByteOrderMark(in);
            }
            ByteCursor cursor = new ByteCursor(in, range == null ? 1 : range.firstLine());
            return new DatasetReader(name, content, cursor, format, extension, null);
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
        Optional<Read> read = pending().map(Pending::read);
        meta = read.map(Read::meta).orElse(RowMeta.NONE);
        captured = read.map(Read::captured).orElse(FieldCapture.Values.NONE);
        return read.map(Read::reading);
    }

    /**
     * The next row, bad row, or excluded row before it is interpreted, which another thread may do; empty at the end.
     *
     * @throws DatasetProblem when nothing after this point can be read
     */
    public Optional<Pending> pending() throws IOException {
        if (container == Container.CSV && columns == null) {
            Optional<Slice> header = slicer.next();
            if (header.isEmpty()) {
                return Optional.empty();
            }
            columns = CsvRow.header(header.get(), name);
        }
        if (shape == null) {
            decide();
        }
        Ahead waiting = ahead.poll();
        if (waiting != null) {
            return Optional.of(new Pending(waiting.length(), () -> read(waiting)));
        }
        if (own != null) {
            // A jar's code is asked by one thread only.
            return read().map(record -> new Pending(record.length(), () -> read(record)));
        }
        return sampled()
                .map(slice ->
                        new Pending(slice.length(), () -> read(edited(slice).orElseThrow())));
    }

    /** A place of the file whose record is not interpreted yet. */
    public static final class Pending {
        private final long bytes;
        private final Supplier<Read> interpretation;

        private Pending(long bytes, Supplier<Read> interpretation) {
            this.bytes = bytes;
            this.interpretation = interpretation;
        }

        /** Length of the record in bytes. */
        public long bytes() {
            return bytes;
        }

        /**
         * Interprets the record, once. Any thread may call it before the reader is closed or after.
         *
         * @throws DatasetProblem when an expression of the pipeline exceeds its work limit
         */
        public Read read() {
            return interpretation.get();
        }
    }

    /**
     * What a place of the file has.
     *
     * @param meta the columns of {@link DatasetReader#keep}
     * @param captured the fields of {@link DatasetReader#capture}
     * @param digest digest of the record as it was read; empty without {@link DatasetReader#trace}
     * @param content digest of the row's texts; empty without {@link DatasetReader#trace}
     */
    public record Read(Reading reading, RowMeta meta, FieldCapture.Values captured, String digest, String content) {
        private static Read without(Reading reading) {
            return new Read(reading, RowMeta.NONE, FieldCapture.Values.NONE, "", "");
        }
    }

    /**
     * A record that was read, or what it is instead of a row.
     *
     * @param record the edited record; null when it is not one
     * @param other a bad or excluded row; null for a record
     * @param digest digest of the record before it was edited; empty when records are not traced
     */
    private record Ahead(
            RowPlace place,
            long length,
            @Nullable ObjectNode record,
            @Nullable Reading other,
            String digest) {}

    private Read read(Ahead ahead) {
        if (ahead.other() != null) {
            return Read.without(ahead.other());
        }
        try {
            return row(Objects.requireNonNull(ahead.record()), ahead.place(), ahead.digest());
        } catch (RowProblem e) {
            return Read.without(new BadRow(ahead.place(), e.reason(), ahead.length()));
        }
    }

    /** The next record of the sample, edited; empty at the end. */
    private Optional<Ahead> read() throws IOException {
        for (Optional<Slice> slice = sampled(); slice.isPresent(); slice = sampled()) {
            Optional<Ahead> record = edited(slice.get());
            if (record.isPresent()) {
                return record;
            }
        }
        return Optional.empty();
    }

    /** The record in a slice of the file, edited; empty for a line of a jar's format that is no row. */
    private Optional<Ahead> edited(Slice slice) {
        RowPlace place = new RowPlace(name, slice.line());
        long length = slice.length();
        try {
            Optional<ObjectNode> record = record(slice);
            if (record.isEmpty()) {
                return Optional.empty();
            }
            String digest = trace.digest(record.get(), place);
            if (trace.forgets(digest)) {
                ExcludedRow forgotten = new ExcludedRow(place, ExcludedRow.Reason.FORGOTTEN);
                return Optional.of(new Ahead(place, length, null, forgotten, digest));
            }
            ColumnNames.of(names).apply(record.get());
            Optional<ExcludedRow.Reason> excluded = edit.excludes(record.get(), place);
            return Optional.of(
                    excluded.isEmpty()
                            ? new Ahead(place, length, record.get(), null, digest)
                            : new Ahead(place, length, null, new ExcludedRow(place, excluded.get()), digest));
        } catch (RowProblem e) {
            return Optional.of(new Ahead(place, length, null, new BadRow(place, e.reason(), length), ""));
        }
    }

    /** Reads ahead until enough rows have decided the format. */
    private void decide() throws IOException {
        long bytes = 0;
        FormatDecision decided = null;
        while (bytes < MAX_AHEAD
                && ahead.size() < MAX_RECORDS_AHEAD
                && (decided == null || decided.rows() < FormatDecision.ROWS)) {
            Optional<Ahead> next = read();
            if (next.isEmpty()) {
                break;
            }
            ahead.add(next.get());
            bytes += next.get().length();
            ObjectNode record = next.get().record();
            if (record == null) {
                continue;
            }
            RowPlace place = next.get().place();
            Optional<DatasetFormat> found = FormatDetection.of(record);
            if (decided == null) {
                decided = new FormatDecision(found.orElseThrow(() -> unknown(place, record)), place);
            } else if (found.isPresent()) {
                decided = decided.with(found.get(), place);
            }
        }
        if (decided != null) {
            decision = decided.checked();
            format = decision.format();
            shape = RowFormat.of(format, names);
        }
    }

    /** Names the columns that {@link #meta} returns. */
    public void keep(List<String> columns) {
        keeps = List.copyOf(columns);
    }

    /** The kept columns of the row that was read last. */
    public RowMeta meta() {
        return meta;
    }

    /** Names the fields that {@link #captured} returns. */
    public void capture(FieldCapture fields) {
        capture = fields;
    }

    /** The captured fields of the row that was read last. */
    public FieldCapture.Values captured() {
        return captured;
    }

    /** Follows the records of the file. */
    public void trace(RecordTrace follower) {
        trace = follower;
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

    /** Why the rows have their format; empty when the pipeline names the format. */
    public Optional<FormatDecision> decision() {
        return Optional.ofNullable(decision);
    }

    @Override
    public void close() throws IOException {
        cursor.close();
    }

    private Optional<Slice> sampled() throws IOException {
        while (true) {
            boolean sampled = sample.includes(position());
            cursor.keeping(sampled);
            if (documents != null) {
                documents.keeping(sampled);
            }
            Optional<Slice> slice = slicer.next();
            if (sampled || slice.isEmpty()) {
                slice.ifPresent(row -> sample.took(row.length()));
                return slice;
            }
            skipped++;
        }
    }

    /** Number of the file's bytes that were read. */
    public long position() {
        return documents == null ? cursor.position() : (long) (documents.progress() * fileBytes);
    }

    /** The row in a slice of the file; empty for a line that is no row. */
    private Optional<ObjectNode> record(Slice slice) {
        if (slice.problem() != null) {
            throw new RowProblem(slice.problem());
        }
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

    private Read row(ObjectNode record, RowPlace place, String digest) {
        RowFormat known = Objects.requireNonNull(shape);
        Set<String> reads = new TreeSet<>(edit.reads());
        reads.addAll(capture.names());
        UnsupportedFields.check(record, format, reads);
        if (known.excludes(record)) {
            return Read.without(new ExcludedRow(place));
        }
        RowMeta columns = RowMeta.of(record, keeps);
        FieldCapture.Values fields = capture.of(record);
        Row row = known.row(record, place);
        String content = trace.content(row);
        return trace.forgetsContent(content)
                ? Read.without(new ExcludedRow(place, ExcludedRow.Reason.FORGOTTEN_CONTENT))
                : new Read(row, columns, fields, digest, content);
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
