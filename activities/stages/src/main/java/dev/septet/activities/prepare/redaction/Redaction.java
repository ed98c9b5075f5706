package dev.septet.activities.prepare.redaction;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.dataset.TextEdit;
import dev.septet.activities.prepare.JsonLinesFile;
import dev.septet.activities.prepare.KeyedDigest;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Removes personal data from rows and writes a list of the findings: kinds and positions, never the
 * data.
 */
public final class Redaction implements Closeable {
    private static final int LONGEST_NAME = 60;

    private final @Nullable Redactor redactor;
    private final JsonLinesFile audit;
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private long droppedRows;

    /** Redaction that knows no names of a file. */
    public Redaction(@Nullable RedactSpec spec, byte[] key, JsonLinesFile audit) throws IOException {
        this(spec, null, key, audit);
    }

    /**
     * @param names the file of {@code names:}; null without it
     * @throws dev.septet.activities.dataset.file.DatasetProblem when the file has a line that is no name
     */
    public Redaction(@Nullable RedactSpec spec, @Nullable NameFile names, byte[] key, JsonLinesFile audit)
            throws IOException {
        if (names == null && spec != null && spec.names() != null) {
            throw new IllegalStateException("`redact names:` is declared, but its file was not found");
        }
        NameFile.Names own = names == null ? NameFile.Names.NONE : names.read();
        redactor = spec == null ? null : new Redactor(spec, new KeyedDigest(key), own);
        this.audit = audit;
        if (spec != null) {
            spec.kinds().forEach(kind -> counts.put(kind, 0L));
        }
    }

    /**
     * A line of redactions.jsonl.
     *
     * @param start first UTF-16 unit in the field's text before redaction
     * @param end after the last UTF-16 unit
     */
    public record Line(String source, String field, Kind kind, int start, int end) {}

    /** The row without personal data; empty when the pipeline drops such rows. */
    public Optional<Row> apply(Row row) throws IOException {
        return apply(row, RowMeta.NONE).map(Clean::row);
    }

    /** A row and its kept columns without personal data. */
    public record Clean(Row row, RowMeta meta) {}

    /** The same for a row with kept columns. */
    public Optional<Clean> apply(Row row, RowMeta meta) throws IOException {
        Result result = redacted(row, meta);
        record(result.findings(), result.clean() == null);
        return Optional.ofNullable(result.clean());
    }

    /**
     * What redaction makes of a row.
     *
     * @param clean null when the pipeline drops such rows
     */
    public record Result(List<Line> findings, @Nullable Clean clean) {}

    /**
     * A row and its kept columns without personal data, and the findings. A value has the same pseudonym in the row and in its
     * columns. Several threads may ask.
     */
    public Result redacted(Row row, RowMeta meta) {
        Redactor active = redactor;
        if (active == null) {
            return new Result(List.of(), new Clean(row, meta));
        }
        List<Line> lines = new ArrayList<>();
        Redactor.Pseudonyms pseudonyms = new Redactor.Pseudonyms();
        String place = row.place().toString();
        TextEdit edit = (field, text) -> {
            List<PersonalDataSpan> spans = active.find(text, pseudonyms);
            for (PersonalDataSpan span : spans) {
                lines.add(new Line(place, field, span.kind(), span.start(), span.end()));
            }
            return spans.isEmpty() ? text : active.replace(text, spans, pseudonyms);
        };
        Clean clean = new Clean(row.edited(edit), meta.edited(edit));
        return new Result(lines, !lines.isEmpty() && active.dropsRows() ? null : clean);
    }

    /**
     * Counts and lists the findings of a row.
     *
     * @param dropped whether the row is dropped because of them
     */
    public void record(List<Line> findings, boolean dropped) throws IOException {
        for (Line line : findings) {
            audit.add(line);
            counts.merge(line.kind(), 1L, Long::sum);
        }
        droppedRows += dropped ? 1 : 0;
    }

    /**
     * A name that the dataset's card shows, such as a class or a group: without personal data, and at most
     * {@value #LONGEST_NAME} characters long.
     */
    public String name(String value) {
        String clean = redactor == null ? value : redactor.redacted(value);
        return clean.length() <= LONGEST_NAME ? clean : clean.substring(0, LONGEST_NAME);
    }

    /** Findings by kind. */
    public Map<String, Long> counts() {
        Map<String, Long> words = new TreeMap<>();
        counts.forEach((kind, count) -> words.put(kind.name().toLowerCase(Locale.ROOT), count));
        return words;
    }

    public long droppedRows() {
        return droppedRows;
    }

    @Override
    public void close() throws IOException {
        audit.close();
    }
}
