package dev.septet.activities.prepare;

import dev.septet.activities.dataset.BadRow;
import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.PreferenceRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.RowSample;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.record.RecordEdit;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.text.PublicText;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of general capability, which training replays or uses for measuring weights: {@code
 * general.safetensors}. They are used unchanged. A bad row is an error, because an incomplete set
 * would preserve something else.
 */
final class GeneralRows {
    /** Name of the file beside the splits. */
    static final String FILE = "general.safetensors";

    private GeneralRows() {}

    /**
     * @throws DatasetProblem naming the first bad row
     */
    static DatasetCard.General write(SourceFile source, RowEncoder encoder, Path out) throws IOException {
        List<TokenDataset.Row> rows = read(source, encoder, RowSample.WHOLE);
        TokenDatasetWriter.write(out.resolve(FILE), rows);
        return card(source, rows);
    }

    /**
     * Like {@link #write}, but writes no file.
     *
     * @param sample selects the rows
     */
    static DatasetCard.General preview(SourceFile source, RowEncoder encoder, RowSample sample) throws IOException {
        return card(source, read(source, encoder, sample));
    }

    private static List<TokenDataset.Row> read(SourceFile source, RowEncoder encoder, RowSample sample)
            throws IOException {
        List<TokenDataset.Row> rows = new ArrayList<>();
        try (DatasetReader reader = DatasetReader.open(source, DatasetFormat.AUTO, RecordEdit.NONE, sample)) {
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                if (next.get() instanceof BadRow bad) {
                    throw problem(PublicText.of("%s; correct or remove the row", bad.shown()));
                }
                rows.add(encoded((Row) next.get(), encoder));
            }
        } catch (DatasetProblem e) {
            throw new DatasetProblem(e.blame(), PublicText.of("general set: %s", e.reason()));
        }
        if (rows.isEmpty()) {
            throw problem(PublicText.of("general set: %s has no rows", PublicText.file(source.name())));
        }
        return rows;
    }

    private static DatasetCard.General card(SourceFile source, List<TokenDataset.Row> rows) throws IOException {
        return new DatasetCard.General(
                source.name(),
                SourceDigest.of(source.path()).sha256(),
                rows.size(),
                rows.stream().mapToLong(row -> row.tokens().length).sum(),
                rows.stream().mapToLong(TokenDataset.Row::lossTokens).sum(),
                rows.stream().mapToInt(row -> row.tokens().length).max().orElseThrow());
    }

    private static TokenDataset.Row encoded(Row row, RowEncoder encoder) {
        try {
            if (row instanceof PreferenceRow) {
                throw new RowProblem(PublicText.of("is a pair of answers; general rows have one"));
            }
            return encoder.encode(row);
        } catch (RowProblem e) {
            throw problem(PublicText.of(
                    "%s: %s; correct or remove the row", row.place().shown(), e.reason()));
        }
    }

    private static DatasetProblem problem(PublicText reason) {
        return new DatasetProblem(DatasetProblem.Blame.DATA, reason);
    }
}
