package dev.septet.activities.prepare.quality;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules of the Colossal Clean Crawled Corpus, for English. C4 also cuts lines out of a page. Septet cuts no text: it
 * counts the sentences that C4 would keep. Rules that the paper leaves out are those of its published code. Not included are the list of offensive words, the removal of repeated spans of
 * three sentences, which {@code deduplicate} replaces, and the language, which {@code language:} declares.
 *
 * @see <a href="https://jmlr.org/papers/v21/20-074.html">Raffel et al., 2020: Exploring the Limits of Transfer Learning,
 *     section 2.2</a>
 * @see <a href="https://github.com/tensorflow/datasets/blob/master/tensorflow_datasets/text/c4_utils.py">the code that made
 *     C4: 5 words in a line, 3 sentences in a page, words of at most 1,000 characters, lines that end in an ellipsis, and the
 *     phrases of policies</a>
 */
final class C4Rules {
    /** Only lines that end in a terminal punctuation mark are retained: a full stop, !, ?, or an end quotation mark. */
    private static final String TERMINAL = ".!?\"\u201D";

    private static final int MIN_WORDS = 5;
    private static final int MIN_SENTENCES = 3;
    private static final int MAX_WORD = 1000;

    private static final List<String> POLICIES =
            List.of("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies");

    /** A run of marks is tried once, from its start and without backtracking: a row may have 100,000 dots. */
    private static final Pattern SENTENCE_END = Pattern.compile("(?<![.!?])[.!?]++[\"'\u201D\u2019)\\]]*+(?=\\s|$)");

    static final List<QualityRule> RULES = List.of(
            // Pages with the phrase "lorem ipsum" are removed.
            new QualityRule("c4.loremIpsum", text -> !lower(text).contains("lorem ipsum")),
            // Pages with a curly bracket are removed: it appears in many programming languages.
            new QualityRule("c4.curlyBracket", text -> text.text().indexOf('{') < 0),
            // Pages with fewer than 3 sentences are removed.
            new QualityRule("c4.sentences", text -> sentences(text) >= MIN_SENTENCES));

    private C4Rules() {}

    /** Sentences in the lines that C4 retains. */
    static int sentences(JudgedText text) {
        int sentences = 0;
        for (String line : text.lines()) {
            if (retained(line)) {
                Matcher end = SENTENCE_END.matcher(line);
                int before = sentences;
                while (end.find()) {
                    sentences++;
                }
                sentences = Math.max(sentences, before + 1); // the line's own end is a quotation mark
            }
        }
        return sentences;
    }

    /** Enough words of a usual length, an end of a sentence but no ellipsis, and neither Javascript nor a policy. */
    private static boolean retained(String line) {
        String lower = line.toLowerCase(Locale.ROOT);
        String[] words = line.split("\\s+");
        return TERMINAL.indexOf(line.charAt(line.length() - 1)) >= 0
                && !line.endsWith("...")
                && words.length >= MIN_WORDS
                && Arrays.stream(words).allMatch(word -> word.length() <= MAX_WORD)
                && !lower.contains("javascript")
                && POLICIES.stream().noneMatch(lower::contains);
    }

    private static String lower(JudgedText text) {
        return text.text().toLowerCase(Locale.ROOT);
    }
}
