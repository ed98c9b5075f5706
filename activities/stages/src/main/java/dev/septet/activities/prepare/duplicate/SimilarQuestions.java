package dev.septet.activities.prepare.duplicate;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.TextRow;
import dev.septet.dsl.pipeline.prepare.CleaningSpec.RowText;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** Finds rows whose questions are similar, or whose whole texts are where rows have no question. */
public final class SimilarQuestions implements Closeable {
    private final SimilarRows questions;
    private final SimilarRows texts;

    /**
     * @param least the smallest similarity
     * @param scratch a new folder for the texts
     */
    public SimilarQuestions(double least, Path scratch) throws IOException {
        questions = new SimilarRows(least, RowText.PROMPT, scratch.resolve("questions"));
        texts = new SimilarRows(least, RowText.ANSWER, scratch.resolve("texts"));
    }

    private SimilarRows of(Row row) {
        return row instanceof TextRow ? texts : questions;
    }

    /** Adds a row, which later rows are compared with. */
    public void add(Row row) throws IOException {
        of(row).add(row.place().toString(), of(row).signature(row));
    }

    /** Whether a row is similar to a row that was added. */
    public boolean find(Row row) throws IOException {
        return of(row).find(of(row).signature(row)).isPresent();
    }

    @Override
    public void close() throws IOException {
        try (questions) {
            texts.close();
        }
    }
}
