package dev.septet.activities.evaluate.check;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks for the numbers and names of a sentence in the context. A name is a word with a capital letter, but not the first
 * word of a sentence unless another such word follows it. In German, all nouns are such words. Numbers are compared by their
 * digits, without separators. It finds invented names and numbers; it does not find a wrong relation between right names.
 *
 * @see <a href="https://aclanthology.org/2021.eacl-main.236">Nan et al., 2021: Entity-level factual consistency of
 *     abstractive text summarization</a>
 */
final class ClaimOverlap implements SentenceSupport {
    private static final Pattern WORD = Pattern.compile("\\p{L}[\\p{L}\\p{M}\\p{Nd}]*+");
    private static final Pattern NUMBER = Pattern.compile("\\p{Nd}++(?:[.,'\\u2019\\u00a0\\u202f]\\p{Nd}++)*+");

    @Override
    public Support of(String sentence, String context) {
        Set<String> claims = new LinkedHashSet<>(numbers(sentence));
        claims.addAll(names(sentence));
        if (claims.isEmpty()) {
            return Support.NO_CLAIM;
        }
        Set<String> known = numbers(context);
        Matcher words = WORD.matcher(context);
        while (words.find()) {
            known.add(key(words.group()));
        }
        return known.containsAll(claims) ? Support.SUPPORTED : Support.UNSUPPORTED;
    }

    private static Set<String> names(String sentence) {
        Set<String> names = new LinkedHashSet<>();
        Matcher words = WORD.matcher(sentence);
        String first = null;
        boolean start = true;
        while (words.find()) {
            String word = words.group();
            boolean capital = Character.isUpperCase(word.codePointAt(0)) && word.length() > 1;
            if (start) {
                first = capital ? word : null;
                start = false;
            } else {
                if (capital && first != null) {
                    names.add(key(first));
                }
                first = null;
                if (capital) {
                    names.add(key(word));
                }
            }
        }
        return names;
    }

    private static Set<String> numbers(String text) {
        Set<String> numbers = new HashSet<>();
        Matcher found = NUMBER.matcher(text);
        while (found.find()) {
            StringBuilder digits = new StringBuilder();
            found.group().codePoints().filter(Character::isDigit).forEach(c -> digits.append(Character.digit(c, 10)));
            numbers.add(digits.toString());
        }
        return numbers;
    }

    private static String key(String word) {
        return word.toLowerCase(Locale.ROOT);
    }
}
