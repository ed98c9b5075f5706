package dev.septet.activities.evaluate.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The tokenizer of NIST's mteval-v13a, the standard for BLEU scores. ASCII punctuation and symbols
 * are separate tokens. A period or comma stays within a number. A dash is separated from the digit
 * before it.
 *
 * @see <a href="https://aclanthology.org/W18-6319">Post, 2018: a call for clarity in reporting BLEU
 *     scores</a>
 */
final class Tokens13a {
    /** ASCII punctuation and symbols, except apostrophe, comma, dash and period. */
    private static final Pattern SYMBOL = Pattern.compile("[ -&(-+/:-@\\[-`{-~]");

    private static final Pattern POINT_AFTER_OTHER = Pattern.compile("([^0-9])([.,])");
    private static final Pattern POINT_BEFORE_OTHER = Pattern.compile("([.,])([^0-9])");
    private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])-");

    private Tokens13a() {}

    static List<String> of(String text) {
        String line = plain(stripTrailing(text));
        line = SYMBOL.matcher(' ' + line + ' ').replaceAll(" $0 ");
        line = POINT_AFTER_OTHER.matcher(line).replaceAll("$1 $2 ");
        line = POINT_BEFORE_OTHER.matcher(line).replaceAll(" $1 $2");
        line = DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 - ");
        return words(line);
    }

    /**
     * One line: skipped markers removed, hyphenated line ends joined, the four entities decoded.
     */
    private static String plain(String text) {
        return text.replace("<skipped>", "")
                .replace("-\n", "")
                .replace('\n', ' ')
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
    }

    private static String stripTrailing(String text) {
        int end = text.length();
        while (end > 0 && space(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        int from = 0;
        for (int at = 0; at <= line.length(); at++) {
            if (at == line.length() || space(line.charAt(at))) {
                if (at > from) {
                    words.add(line.substring(from, at));
                }
                from = at + 1;
            }
        }
        return words;
    }

    /** White space as in Unicode and the reference implementation: includes no-break spaces. */
    private static boolean space(char c) {
        return (c >= 0x1c && c <= 0x1f) || c == 0x85 || Character.isWhitespace(c) || Character.isSpaceChar(c);
    }
}
