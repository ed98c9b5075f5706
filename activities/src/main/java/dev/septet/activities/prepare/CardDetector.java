package dev.septet.activities.prepare;

import dev.septet.dsl.spec.RedactSpec.Kind;

import java.util.ArrayList;
import java.util.List;

/**
 * Payment card numbers: 13 to 19 digits, alone or in groups, that begin as the card networks' do
 * and pass Luhn's check.
 */
final class CardDetector implements Detector {
    private static final int FEWEST = 13;
    private static final int MOST = 19;

    @Override
    public List<Span> find(String text) {
        List<Span> spans = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            if (!isDigit(text.charAt(at))) {
                at++;
                continue;
            }
            int end = runEnd(text, at);
            String digits = digits(text, at, end);
            if (isCard(digits) && !joined(text, at, end)) {
                spans.add(new Span(Kind.CARD, at, end));
            }
            at = end;
        }
        return spans;
    }

    /** End of digits with at most one space or hyphen between two of them. */
    private static int runEnd(String text, int start) {
        int end = start;
        int i = start;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (isDigit(c)) {
                end = ++i;
            } else if ((c == ' ' || c == '-') && i == end) {
                i++;
            } else {
                break;
            }
        }
        return end;
    }

    private static boolean isCard(String digits) {
        return digits.length() >= FEWEST
                && digits.length() <= MOST
                && digits.charAt(0) >= '2'
                && digits.charAt(0) <= '6'
                && luhn(digits);
    }

    /**
     * From the right, every second digit doubled, with its own digits summed; the sum ends in 0.
     */
    static boolean luhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int weighted = i % 2 == 0 ? digit : 2 * digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }
        return sum % 10 == 0;
    }

    /** Part of a longer word, such as a serial number or a fraction. */
    private static boolean joined(String text, int start, int end) {
        boolean before = start > 0 && isWord(text.charAt(start - 1));
        boolean after = end < text.length() && isWord(text.charAt(end));
        return before || after;
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    private static String digits(String text, int start, int end) {
        StringBuilder digits = new StringBuilder();
        for (int i = start; i < end; i++) {
            if (isDigit(text.charAt(i))) {
                digits.append(text.charAt(i));
            }
        }
        return digits.toString();
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
