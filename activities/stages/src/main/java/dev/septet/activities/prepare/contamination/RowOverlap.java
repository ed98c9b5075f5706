package dev.septet.activities.prepare.contamination;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.prepare.check.RowTexts;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Finds the rows of an exam that share text with training rows, by the rules of {@link Contamination}: a sequence of n words
 * of a question or an answer, a whole shorter question, or a whole short row. So an exam that {@code decontaminate} read
 * has no overlap.
 *
 * <p>First all rows of the exam are added, then all training rows, and then each row of the exam can be asked for.
 */
public final class RowOverlap {
    private final int ngram;
    private final GramTable grams = new GramTable();
    private final GramTable questions = new GramTable();
    private final GramTable wholes = new GramTable();
    private final GramTable trainedGrams = new GramTable();
    private final GramTable trainedQuestions = new GramTable();
    private final GramTable trainedWholes = new GramTable();
    private int rows;

    /**
     * An empty exam.
     *
     * @param ngram number of words of a sequence
     */
    public RowOverlap(int ngram) {
        this.ngram = ngram;
    }

    /** The word hashes of a row's question, answer and rejected answer. */
    private static List<long[]> words(Row row) {
        RowTexts texts = RowTexts.of(row);
        return List.of(WordHashes.of(texts.question()), WordHashes.of(texts.answer()), WordHashes.of(texts.rejected()));
    }

    /**
     * Adds a row of the exam.
     *
     * @return false when the exam has more sequences than fit in memory
     */
    public boolean exam(Row row) {
        visit(words(row), hash -> add(grams, hash), hash -> add(questions, hash), hash -> add(wholes, hash));
        rows++;
        return grams.size() <= GramTable.MAX_SIZE;
    }

    private boolean add(GramTable table, long hash) {
        table.add(hash, rows);
        return false;
    }

    /** Adds a training row. Only its sequences that the exam also has are kept. */
    public void training(Row row) {
        visit(
                words(row),
                hash -> keep(grams, hash, Contamination.MAX_ROWS, trainedGrams),
                hash -> keep(questions, hash, Integer.MAX_VALUE, trainedQuestions),
                hash -> keep(wholes, hash, Integer.MAX_VALUE, trainedWholes));
    }

    private static boolean keep(GramTable exam, long hash, int most, GramTable trained) {
        if (exam.row(hash, most) >= 0) {
            trained.add(hash, 0);
        }
        return false;
    }

    /** Whether a row of the exam shares text with a training row. */
    public boolean shared(Row row) {
        return visit(
                words(row),
                hash -> trainedGrams.row(hash, Integer.MAX_VALUE) >= 0,
                hash -> trainedQuestions.row(hash, Integer.MAX_VALUE) >= 0,
                hash -> trainedWholes.row(hash, Integer.MAX_VALUE) >= 0);
    }

    /** Number of word sequences that belong to a template of the exam's rows, and are no overlap. */
    public long templates() {
        return grams.common(Contamination.MAX_ROWS);
    }

    /** Visits the hashes of a row until a visitor returns true. */
    private boolean visit(List<long[]> words, LongPredicate gram, LongPredicate question, LongPredicate whole) {
        long[] asked = words.get(0);
        long[] answered = words.get(1);
        boolean brief = asked.length < ngram;
        if (asked.length > 0 && brief && question.test(WordHashes.hash(asked, 0, asked.length))) {
            return true;
        }
        if (answered.length > 0
                && brief
                && answered.length < ngram
                && whole.test(Contamination.whole(asked, answered))) {
            return true;
        }
        for (long[] text : words) {
            for (int i = 0; i + ngram <= text.length; i++) {
                if (gram.test(WordHashes.hash(text, i, i + ngram))) {
                    return true;
                }
            }
        }
        return false;
    }
}
