package dev.septet.activities.prepare.quality;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * The quality and repetition rules of MassiveText, the data of Gopher. They are for long English texts of web pages: a
 * text of fewer than 50 words does not meet them. The words of the quality rules are separated by white space.
 *
 * @see <a href="https://arxiv.org/abs/2112.11446">Rae et al., 2021: Scaling Language Models, appendix A.1.1 and table
 *     A1</a>
 */
final class GopherRules {
    /** A.1.1: a text has at least two of these. */
    private static final Set<String> STOP_WORDS = Set.of("the", "be", "to", "of", "and", "that", "have", "with");

    private static final String BULLETS = "\u2022\u2023\u25B6\u25C0\u25E6\u25A0\u25A1\u25AA\u25AB\u2013-*";

    /** Table A1: the largest shares, by rule. */
    static final SortedMap<String, Double> THRESHOLDS = Collections.unmodifiableSortedMap(new TreeMap<>(Map.ofEntries(
            Map.entry("gopher.lines", 0.30),
            Map.entry("gopher.paragraphs", 0.30),
            Map.entry("gopher.lineCharacters", 0.20),
            Map.entry("gopher.paragraphCharacters", 0.20),
            Map.entry("gopher.top2", 0.20),
            Map.entry("gopher.top3", 0.18),
            Map.entry("gopher.top4", 0.16),
            Map.entry("gopher.repeated5", 0.15),
            Map.entry("gopher.repeated6", 0.14),
            Map.entry("gopher.repeated7", 0.13),
            Map.entry("gopher.repeated8", 0.12),
            Map.entry("gopher.repeated9", 0.11),
            Map.entry("gopher.repeated10", 0.10))));

    static final List<QualityRule> RULES = rules();

    private GopherRules() {}

    private static List<QualityRule> rules() {
        List<QualityRule> rules = new ArrayList<>();
        // A.1.1: between 50 and 100,000 words.
        rules.add(new QualityRule(
                "gopher.words",
                text -> text.words().size() >= 50 && text.words().size() <= 100_000));
        // A.1.1: a mean word length from 3 to 10 characters.
        rules.add(new QualityRule(
                "gopher.wordLength", text -> text.meanWordLength() >= 3 && text.meanWordLength() <= 10));
        // A.1.1: a symbol-to-word ratio of at most 0.1, for the hash symbol and for the ellipsis.
        rules.add(new QualityRule("gopher.symbols", text -> text.symbolsPerWord() <= 0.1));
        // A.1.1: at most 90% of the lines start with a bullet point.
        rules.add(new QualityRule(
                "gopher.bullets", text -> text.lineShare(line -> BULLETS.indexOf(line.charAt(0)) >= 0) <= 0.9));
        // A.1.1: at most 30% of the lines end with an ellipsis.
        rules.add(new QualityRule(
                "gopher.ellipses",
                text -> text.lineShare(line -> line.endsWith("...") || line.endsWith("\u2026")) <= 0.3));
        // A.1.1: at least 80% of the words have an alphabetic character.
        rules.add(new QualityRule("gopher.alphabetic", text -> text.wordsWithLetters() >= 0.8));
        rules.add(new QualityRule("gopher.stopWords", text -> stopWords(text.words()) >= 2));
        share(rules, "gopher.lines", text -> JudgedText.duplicates(text.lines()));
        share(rules, "gopher.paragraphs", text -> JudgedText.duplicates(text.paragraphs()));
        share(rules, "gopher.lineCharacters", text -> text.duplicateCharacters(text.lines()));
        share(rules, "gopher.paragraphCharacters", text -> text.duplicateCharacters(text.paragraphs()));
        for (int n = 2; n <= 4; n++) {
            int words = n;
            share(rules, "gopher.top" + n, text -> text.topGram(words));
        }
        for (int n = 5; n <= 10; n++) {
            int words = n;
            share(rules, "gopher.repeated" + n, text -> text.repeatedGrams(words));
        }
        return List.copyOf(rules);
    }

    /** Adds a rule of table A1. */
    private static void share(List<QualityRule> rules, String name, ToDoubleFunction<JudgedText> share) {
        double largest = Objects.requireNonNull(THRESHOLDS.get(name));
        rules.add(new QualityRule(name, text -> share.applyAsDouble(text) <= largest));
    }

    private static int stopWords(List<String> words) {
        Set<String> found = new HashSet<>();
        for (String word : words) {
            String lower = word.toLowerCase(Locale.ROOT);
            if (STOP_WORDS.contains(lower)) {
                found.add(lower);
            }
        }
        return found.size();
    }
}
