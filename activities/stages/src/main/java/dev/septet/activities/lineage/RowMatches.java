package dev.septet.activities.lineage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.document.ChunkLimit;
import dev.septet.activities.dataset.document.TextTokens;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.record.RecordEdit;
import dev.septet.activities.dataset.record.RecordTrace;
import dev.septet.activities.dataset.transform.RecordFields;
import dev.septet.activities.dataset.transform.Transforms;
import dev.septet.activities.source.DatasetSource;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.expression.Expression;
import dev.septet.dsl.expression.ExpressionProblem;
import dev.septet.dsl.expression.RequiredResult;
import dev.septet.dsl.expression.Shape;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.DocumentsSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Records of a pipeline's sources for which an expression holds. It reads the records as they are in the files, before names,
 * filters and maps change them. Then it makes rows of the found records, as a preparation does, for the digests of their texts.
 *
 * @param rows place and digest of each, in reading order
 * @param read number of records that were read
 * @param unfit records that the expression cannot be computed for, such as a text where it needs a number
 */
public record RowMatches(List<RowOrigin> rows, long read, long unfit) {
    /** What places call the file of the rows that reviewers made of feedback. */
    public static final String REVIEWED = "reviewed rows";

    public RowMatches {
        rows = List.copyOf(rows);
    }

    /** The digests of the texts of the records that give a row, by the digest of the record. */
    public SortedMap<String, String> contents() {
        SortedMap<String, String> contents = new TreeMap<>();
        for (RowOrigin row : rows) {
            String content = row.content();
            if (content != null) {
                contents.put(row.digest(), content);
            }
        }
        return contents;
    }

    /** The digests of the records. */
    public Set<String> digests() {
        Set<String> digests = new TreeSet<>();
        rows.forEach(row -> digests.add(row.digest()));
        return digests;
    }

    /**
     * Reads all sources.
     *
     * @param where the expression's text, such as {@code row.customer == "c-17"}
     * @param reviewed further files with rows that reviewers made of feedback
     * @throws IllegalArgumentException when it is not an expression; the message is for users
     * @throws dev.septet.activities.dataset.file.DatasetProblem when a file cannot be read
     */
    public static RowMatches of(
            String where,
            RowDigests digests,
            PrepareSpec spec,
            SourceSet sources,
            List<SourceFile> reviewed,
            TextTokens tokens)
            throws IOException {
        Search search = new Search(
                Expression.of(new ExpressionSpec(where, "--where", 1, 1), Shape.of(RequiredResult.TRUTH)), digests);
        for (DatasetSource source : sources.sources()) {
            DocumentsSpec documents = source.spec().documents();
            ChunkLimit chunks = documents == null
                    ? new ChunkLimit(spec.maxTokens(), 0, tokens)
                    : new ChunkLimit(documents.tokens(spec.maxTokens()), documents.repeated(), tokens);
            DatasetFormat format = source.spec().format();
            for (SourceFile file : source.files()) {
                // As in the preparation, the format of a file is that of the source's next file.
                format = format == DatasetFormat.AUTO ? format(file, source, spec, chunks) : format;
                // A label depends on all rows, so the texts of labelled rows are not known here.
                boolean texts = format != DatasetFormat.AUTO && spec.label() == null;
                RecordEdit edit = texts ? new Transforms(spec.transforms()) : RecordEdit.NONE;
                try (DatasetReader reader =
                        DatasetReader.open(file, source.spec(), format, spec.names(), edit, RowSample.WHOLE, chunks)) {
                    search.read(reader, texts);
                }
            }
        }
        for (SourceFile file : reviewed) {
            try (DatasetReader reader = DatasetReader.open(file, DatasetFormat.CHAT)) {
                search.read(reader, true);
            }
        }
        return new RowMatches(search.found, search.read, search.unfit);
    }

    /** The format of a file's rows; {@code AUTO} when its first rows have none. */
    private static DatasetFormat format(SourceFile file, DatasetSource source, PrepareSpec spec, ChunkLimit chunks)
            throws IOException {
        try (DatasetReader reader = DatasetReader.open(
                file,
                source.spec(),
                DatasetFormat.AUTO,
                spec.names(),
                new Transforms(spec.transforms()),
                RowSample.WHOLE,
                chunks)) {
            boolean more = true;
            while (more && reader.format() == DatasetFormat.AUTO) {
                more = reader.pending().isPresent();
            }
            return reader.format();
        } catch (DatasetProblem unknown) {
            return DatasetFormat.AUTO; // a record is found without it
        }
    }

    /** Looks at every record as it was read, and passes on those for which the expression is true. */
    private static final class Search implements RecordTrace {
        private static final String FOUND = "found";

        private final Expression where;
        private final RowDigests digests;
        private final List<RowOrigin> found = new ArrayList<>();
        private long read;
        private long unfit;
        private boolean texts;

        Search(Expression where, RowDigests digests) {
            this.where = where;
            this.digests = digests;
        }

        /**
         * Reads all records of a file.
         *
         * @param withTexts whether the reader makes rows of them as a preparation does
         */
        void read(DatasetReader reader, boolean withTexts) throws IOException {
            texts = withTexts;
            reader.trace(this);
            while (reader.next().isPresent()) {
                // Records are seen in digest().
            }
        }

        @Override
        public String digest(ObjectNode record, RowPlace place) {
            read++;
            try {
                if (where.truth(new RecordFields(record))) {
                    found.add(new RowOrigin(place, digests.of(record), null));
                    return FOUND;
                }
            } catch (ExpressionProblem e) {
                if (e.beyondBudget()) {
                    throw new IllegalArgumentException(
                            "%s (at the row %s); make the expression simpler".formatted(e.getMessage(), place.shown()));
                }
                unfit++;
            }
            return "";
        }

        @Override
        public boolean forgets(String digest) {
            return !texts || !digest.equals(FOUND);
        }

        /** The texts of the record that was found last: records are read one after the other. */
        @Override
        public String content(Row row) {
            int last = found.size() - 1;
            RowOrigin origin = found.get(last);
            found.set(last, new RowOrigin(origin.place(), origin.digest(), digests.content(row)));
            return "";
        }
    }
}
