package dev.septet.activities.evaluate.metric.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Splits texts as Python's {@code str.split}, {@code str.strip} and {@code \w} do, so that scores equal those of its libraries. */
public final class PlainWords {
    private PlainWords() {}

    /** Runs of characters that are not white space. */
    public static List<String> of(String text) {
        return runs(text, c -> !isSpace(c));
    }

    /** Runs of letters, digits and underscores. */
    static List<String> letters(String text) {
        return runs(text, PlainWords::isWord);
    }

    /** The text without white space at its ends. */
    static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /** Unicode's white space, with no-break spaces and the four separators of ASCII. */
    static boolean isSpace(int c) {
        return (c >= 0x1c && c <= 0x1f) || c == 0x85 || Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** Letters, numbers of every kind, and the underscore. */
    static boolean isWord(int c) {
        int type = Character.getType(c);
        return Character.isLetterOrDigit(c)
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER
                || c == '_';
    }

    private static List<String> runs(String text, IntPredicate kept) {
        List<String> runs = new ArrayList<>();
        int from = -1;
        int at = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (kept.test(c)) {
                from = from < 0 ? at : from;
            } else if (from >= 0) {
                runs.add(text.substring(from, at));
                from = -1;
            }
            at += Character.charCount(c);
        }
        if (from >= 0) {
            runs.add(text.substring(from));
        }
        return runs;
    }
}
