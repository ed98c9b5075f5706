package dev.septet.activities.evaluate.metric.text;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.NGrams;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.llm.template.jinja.value.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Corpus chrF, from 0 to 100: precision and recall of character n-grams for n = 1 to 6, averaged over n and joined as an
 * F-score in which recall counts twice (beta = 2). White space does not count. chrF++ adds words and pairs of words;
 * punctuation at one end of a word is then a word of its own. This is sacrebleu's default score, without smoothing.
 *
 * <p>A row's tally, for each n: n-grams of the answer, n-grams of the reference, shared n-grams.
 *
 * @see <a href="https://aclanthology.org/W15-3049">Popović, 2015</a>
 * @see <a href="https://aclanthology.org/W17-4770">Popović, 2017, for chrF++</a>
 */
abstract class CharacterFScore implements Metric {
    private static final int CHARACTERS = 6;
    private static final double BETA = 2;

    private final String name;
    private final int words;

    CharacterFScore(String name, int words) {
        this.name = name;
        this.words = words;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final boolean lowerIsBetter() {
        return false;
    }

    @Override
    public final boolean readsAnswer() {
        return true;
    }

    @Override
    public final double[] tally(Outcome outcome) {
        double[] tally = new double[3 * (CHARACTERS + words)];
        String text = outcome.answer();
        if (text == null) {
            tally[0] = Double.NaN;
            return tally;
        }
        List<String> answer = characters(text);
        List<String> reference = characters(outcome.reference());
        for (int n = 1; n <= CHARACTERS; n++) {
            add(tally, n - 1, answer, reference, n);
        }
        if (words > 0) {
            answer = words(text);
            reference = words(outcome.reference());
            for (int n = 1; n <= words; n++) {
                add(tally, CHARACTERS + n - 1, answer, reference, n);
            }
        }
        return tally;
    }

    private static void add(double[] tally, int order, List<String> answer, List<String> reference, int n) {
        Map<List<String>, Integer> found = NGrams.of(answer, n);
        Map<List<String>, Integer> expected = NGrams.of(reference, n);
        // As in sacrebleu: without such n-grams in the reference, those of the answer do not count.
        tally[3 * order] = expected.isEmpty() ? 0 : Math.max(0, answer.size() - n + 1);
        tally[3 * order + 1] = Math.max(0, reference.size() - n + 1);
        tally[3 * order + 2] = NGrams.shared(found, expected);
    }

    @Override
    public final double score(double[] sums) {
        if (Double.isNaN(sums[0])) {
            return Double.NaN;
        }
        double precision = 0;
        double recall = 0;
        int orders = 0;
        for (int at = 0; at < sums.length; at += 3) {
            if (sums[at] > 0 && sums[at + 1] > 0) {
                precision += sums[at + 2] / sums[at];
                recall += sums[at + 2] / sums[at + 1];
                orders++;
            }
        }
        if (precision + recall == 0) {
            return 0;
        }
        precision /= orders;
        recall /= orders;
        double factor = BETA * BETA;
        return 100 * (1 + factor) * precision * recall / (factor * precision + recall);
    }

    private static List<String> characters(String text) {
        List<String> characters = new ArrayList<>();
        text.codePoints().filter(c -> !PythonText.isSpace(c)).forEach(c -> characters.add(Character.toString(c)));
        return characters;
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : PlainWords.of(text)) {
            int last = word.length() - 1;
            if (word.codePointCount(0, word.length()) == 1) {
                words.add(word);
            } else if (isPunctuation(word.charAt(last))) {
                words.add(word.substring(0, last));
                words.add(word.substring(last));
            } else if (isPunctuation(word.charAt(0))) {
                words.add(word.substring(0, 1));
                words.add(word.substring(1));
            } else {
                words.add(word);
            }
        }
        return words;
    }

    /** ASCII punctuation and symbols. */
    static boolean isPunctuation(char c) {
        return c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
    }
}
