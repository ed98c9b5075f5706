package dev.septet.activities.prepare.quality;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A text with the figures that quality rules compare. Words are separated by white space. Except for its length, a text is
 * judged by its first {@link #MAX_CHARACTERS} UTF-16 units, which bounds memory.
 *
 * @param characters length of the whole text in Unicode code points
 */
record JudgedText(String text, int characters, List<String> words, List<String> lines) {
    static final int MAX_CHARACTERS = 1_000_000;

    static JudgedText of(String whole) {
        String text = whole.length() <= MAX_CHARACTERS ? whole : whole.substring(0, MAX_CHARACTERS);
        List<String> words = Stream.of(text.strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
        List<String> lines =
                text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        return new JudgedText(text, whole.codePointCount(0, whole.length()), words, lines);
    }

    /** Paragraphs: parts between blank lines. */
    List<String> paragraphs() {
        return Stream.of(text.split("\\n\\s*\\n"))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private int wordCharacters() {
        return words.stream().mapToInt(String::length).sum();
    }

    double meanWordLength() {
        return words.isEmpty() ? 0 : (double) wordCharacters() / words.size();
    }

    /** Number of # or of ellipses per word, whichever is larger. */
    double symbolsPerWord() {
        long hashes = text.chars().filter(c -> c == '#').count();
        long ellipses = text.chars().filter(c -> c == '\u2026').count();
        for (int at = text.indexOf("..."); at >= 0; at = text.indexOf("...", at + 3)) {
            ellipses++;
        }
        return words.isEmpty() ? 0 : (double) Math.max(hashes, ellipses) / words.size();
    }

    /** Share of the lines, 0 to 1, that meet a condition. */
    double lineShare(java.util.function.Predicate<String> condition) {
        return lines.isEmpty() ? 0 : (double) lines.stream().filter(condition).count() / lines.size();
    }

    /** Share of the words, 0 to 1, with at least one letter. */
    double wordsWithLetters() {
        return words.isEmpty()
                ? 0
                : (double) words.stream()
                                .filter(word -> word.codePoints().anyMatch(Character::isLetter))
                                .count()
                        / words.size();
    }

    /** Share of the parts, 0 to 1, that equal an earlier part. */
    static double duplicates(List<String> parts) {
        return parts.isEmpty() ? 0 : (double) (parts.size() - Set.copyOf(parts).size()) / parts.size();
    }

    /** Share of the characters, 0 to 1, in parts that equal an earlier part. */
    double duplicateCharacters(List<String> parts) {
        Set<String> seen = new HashSet<>();
        int repeated = parts.stream()
                .filter(part -> !seen.add(part))
                .mapToInt(String::length)
                .sum();
        return text.isEmpty() ? 0 : (double) repeated / text.length();
    }

    /**
     * Share of the words' characters, 0 to 1, in the most frequent sequence of n words. Of equally frequent sequences the
     * longest counts.
     */
    double topGram(int n) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i + n <= words.size(); i++) {
            counts.merge(String.join(" ", words.subList(i, i + n)), 1, Integer::sum);
        }
        int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        int longest = counts.entrySet().stream()
                .filter(gram -> gram.getValue() == most)
                .mapToInt(gram -> gram.getKey().length() - (n - 1))
                .max()
                .orElse(0);
        return most < 2 ? 0 : (double) most * longest / wordCharacters();
    }

    /** Share of the words' characters, 0 to 1, in sequences of n words that occurred before; each word counts once. */
    double repeatedGrams(int n) {
        Set<List<String>> seen = new HashSet<>();
        int repeated = 0;
        int counted = 0; // words before this one are counted
        for (int i = 0; i + n <= words.size(); i++) {
            if (!seen.add(words.subList(i, i + n))) {
                for (int word = Math.max(i, counted); word < i + n; word++) {
                    repeated += words.get(word).length();
                }
                counted = i + n;
            }
        }
        return words.isEmpty() ? 0 : (double) repeated / wordCharacters();
    }
}
