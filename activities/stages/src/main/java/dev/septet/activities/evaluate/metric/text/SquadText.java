package dev.septet.activities.evaluate.metric.text;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The normal form of answers in SQuAD's evaluation: lower case, without ASCII punctuation, without the articles a, an and
 * the, words separated by single spaces.
 *
 * @see <a href="https://arxiv.org/abs/1606.05250">Rajpurkar et al., 2016</a>
 */
public final class SquadText {
    private static final Set<String> ARTICLES = Set.of("a", "an", "the");

    private SquadText() {}

    /** The words of the normal form. */
    static List<String> words(String text) {
        String plain = text.toLowerCase(Locale.ROOT)
                .chars()
                .filter(c -> !CharacterFScore.isPunctuation((char) c))
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        StringBuilder rest = new StringBuilder();
        int at = 0;
        while (at < plain.length()) {
            int end = at;
            while (end < plain.length() && PlainWords.isWord(plain.codePointAt(end))) {
                end += Character.charCount(plain.codePointAt(end));
            }
            String run = plain.substring(at, end);
            rest.append(ARTICLES.contains(run) ? " " : run);
            if (end < plain.length()) {
                rest.appendCodePoint(plain.codePointAt(end));
                end += Character.charCount(plain.codePointAt(end));
            }
            at = end;
        }
        return PlainWords.of(rest.toString());
    }
}
