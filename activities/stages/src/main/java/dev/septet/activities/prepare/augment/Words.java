package dev.septet.activities.prepare.augment;

import java.util.Locale;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a text. A word has letters only, with marks and apostrophes inside. It has white space or punctuation around
 * it, so parts of addresses, numbers, names of files and replaced personal data such as {@code [EMAIL]} are no words.
 */
final class Words {
    private static final Pattern WORD = Pattern.compile(
            "(?<![^\\s\"'(\\u201c\\u2018\\u00ab])" // after white space or a quote
                    + "\\p{L}[\\p{L}\\p{M}'\\u2019]*+"
                    + "(?=[.,;:!?\"')\\u201d\\u00bb]*+(?:\\s|$))"); // punctuation may follow

    private Words() {}

    /** Where the words of a text are. */
    static Matcher in(String text) {
        return WORD.matcher(text);
    }

    /** The text with each word replaced. */
    static String replaced(String text, Function<String, String> change) {
        Function<MatchResult, String> quoted = word -> Matcher.quoteReplacement(change.apply(word.group()));
        return in(text).replaceAll(quoted);
    }

    /** The replacement with the letter case of a word: all capital, first letter capital, or as it is. */
    static String withCaseOf(String word, String replacement) {
        int first = word.codePointAt(0);
        if (!Character.isUpperCase(first)) {
            return replacement;
        }
        boolean all = word.codePointCount(0, word.length()) > 1
                && word.equals(word.toUpperCase(Locale.ROOT))
                && !word.equals(word.toLowerCase(Locale.ROOT));
        return all ? replacement.toUpperCase(Locale.ROOT) : capitalized(replacement);
    }

    /** The text with a capital first letter. */
    static String capitalized(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int end = text.offsetByCodePoints(0, 1);
        return new StringBuilder()
                .appendCodePoint(Character.toTitleCase(text.codePointAt(0)))
                .append(text, end, text.length())
                .toString();
    }
}
