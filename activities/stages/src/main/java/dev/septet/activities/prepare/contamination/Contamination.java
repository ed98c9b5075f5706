package dev.septet.activities.prepare.contamination;

import dev.septet.activities.dataset.BadRow;
import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.Reading;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.prepare.JsonLinesFile;
import dev.septet.activities.prepare.check.RowCheck;
import dev.septet.activities.prepare.check.RowTexts;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.text.PublicText;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Removes rows that are also in a test. A row is removed if its question or answer shares a sequence of n words with the
 * question or answer of a test row. A test question of fewer words is compared as a whole, and so is a whole short test
 * row. A short test answer alone, such as "yes", removes no row. A sequence that more than {@link #MAX_ROWS} test rows
 * have is part of their template, and removes no row.
 *
 * @see <a href="https://arxiv.org/abs/2005.14165">Brown et al., 2020, appendix C: 13-grams of words</a>
 */
public final class Contamination implements RowCheck, Closeable {
    /** More test rows than this share only their template. */
    static final int MAX_ROWS = 10;

    private final int ngram;
    private final GramTable grams = new GramTable();
    private final GramTable questions = new GramTable();
    private final GramTable wholes = new GramTable();
    private final List<RowPlace> tests = new ArrayList<>();
    private final JsonLinesFile out;
    private long removed;

    /**
     * Reads the test files.
     *
     * @param out receives the places of the removed rows
     * @throws DatasetProblem naming the test file that is empty or cannot be read
     */
    public Contamination(CleaningSpec.Decontamination spec, TestFiles files, JsonLinesFile out) throws IOException {
        ngram = spec.ngram();
        this.out = out;
        for (TestFiles.TestFile file : files.files()) {
            read(file);
        }
    }

    /**
     * A line of contaminated.jsonl.
     *
     * @param source place of the removed row
     * @param test place of the test row that it matches
     */
    record Line(String source, String test) {}

    private void read(TestFiles.TestFile test) throws IOException {
        SourceFile file = test.file();
        int before = tests.size();
        try (DatasetReader reader = DatasetReader.open(file, test.format(), test.names())) {
            for (Optional<Reading> next = reader.next(); next.isPresent(); next = reader.next()) {
                if (next.get() instanceof BadRow bad) {
                    throw new DatasetProblem(
                            DatasetProblem.Blame.DATA,
                            PublicText.of(
                                    "decontaminate: %s; a test row that cannot be read could not be found in the"
                                            + " dataset, so correct or remove it",
                                    bad.shown()));
                }
                add((Row) next.get());
            }
        } catch (DatasetProblem e) {
            throw e.reason().toString().startsWith("decontaminate")
                    ? e
                    : new DatasetProblem(e.blame(), PublicText.of("decontaminate: %s", e.reason()));
        }
        if (tests.size() == before) {
            throw new DatasetProblem(
                    DatasetProblem.Blame.PIPELINE,
                    PublicText.of(
                            "decontaminate: the test file %s has no rows; remove it from against:, or name another",
                            PublicText.file(file.name())));
        }
    }

    private void add(Row row) {
        int number = tests.size();
        tests.add(row.place());
        RowTexts texts = RowTexts.of(row);
        long[] question = WordHashes.of(texts.question());
        long[] answer = WordHashes.of(texts.answer());
        add(question, number);
        add(answer, number);
        add(WordHashes.of(texts.rejected()), number);
        if (question.length > 0 && question.length < ngram) {
            questions.add(WordHashes.hash(question, 0, question.length), number);
        }
        if (answer.length > 0 && question.length < ngram && answer.length < ngram) {
            wholes.add(whole(question, answer), number);
        }
        if (grams.size() > GramTable.MAX_SIZE) {
            throw new DatasetProblem(
                    DatasetProblem.Blame.PIPELINE,
                    PublicText.of(
                            "decontaminate: the test files have more than %d different sequences of %d words (at %s);"
                                    + " name fewer or smaller test files",
                            GramTable.MAX_SIZE, ngram, row.place().shown()));
        }
    }

    private void add(long[] words, int row) {
        for (int i = 0; i + ngram <= words.length; i++) {
            grams.add(WordHashes.hash(words, i, i + ngram), row);
        }
    }

    static long whole(long[] question, long[] answer) {
        return WordHashes.mix(WordHashes.hash(question, 0, question.length))
                + WordHashes.hash(answer, 0, answer.length);
    }

    @Override
    public boolean removes(Row row) throws IOException {
        RowPlace test = match(row);
        if (test == null) {
            return false;
        }
        remove(row.place(), test);
        return true;
    }

    /** Place of the test row that a row matches; null for none. Several threads may ask. */
    public @Nullable RowPlace match(Row row) {
        int test = test(RowTexts.of(row));
        return test < 0 ? null : tests.get(test);
    }

    /** Counts and lists a row that {@link #match} found in a test. */
    public void remove(RowPlace row, RowPlace test) throws IOException {
        removed++;
        out.add(new Line(row.toString(), test.toString()));
    }

    /** The test row that the texts match; -1 for none. */
    private int test(RowTexts texts) {
        long[] question = WordHashes.of(texts.question());
        long[] answer = WordHashes.of(texts.answer());
        if (question.length > 0 && question.length < ngram) {
            int test = questions.row(WordHashes.hash(question, 0, question.length), Integer.MAX_VALUE);
            if (test >= 0) {
                return test;
            }
        }
        if (answer.length > 0 && question.length < ngram && answer.length < ngram) {
            int test = wholes.row(whole(question, answer), Integer.MAX_VALUE);
            if (test >= 0) {
                return test;
            }
        }
        for (long[] words : List.of(question, answer, WordHashes.of(texts.rejected()))) {
            for (int i = 0; i + ngram <= words.length; i++) {
                int test = grams.row(WordHashes.hash(words, i, i + ngram), MAX_ROWS);
                if (test >= 0) {
                    return test;
                }
            }
        }
        return -1;
    }

    @Override
    public long removed() {
        return removed;
    }

    /** Number of test rows. */
    public long testRows() {
        return tests.size();
    }

    /** Number of word sequences that belong to a template of the test rows, and remove no row. */
    public long templates() {
        return grams.common(MAX_ROWS);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
