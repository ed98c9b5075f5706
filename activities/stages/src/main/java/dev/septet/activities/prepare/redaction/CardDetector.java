package dev.septet.activities.prepare.redaction;

import dev.septet.dsl.pipeline.prepare.RedactSpec.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Detects payment card numbers: 13 to 19 digits, alone or in groups, with the prefixes of the card
 * networks and a valid Luhn checksum. Text after a number, such as its expiry date, does not hide
 * it. A check code directly after it, or after its name, is part of the finding.
 */
final class CardDetector implements PersonalDataDetector {
    private static final int MIN = 13;
    private static final int MAX = 19;

    /** Lengths of the groups in which card numbers are written, in base 36; the longest first. */
    private static final List<String> SHAPES = List.of("44443", "4444", "465", "464", "j", "g", "f", "e", "d");

    private static final Pattern CODE =
            Pattern.compile("(?i)\\b(?:cvv2?|cvc2?|cid|security code)\\b\\D{0,4}(\\d{3,4})(?!\\d)");

    @Override
    public List<PersonalDataSpan> find(String text) {
        List<PersonalDataSpan> spans = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            if (!isDigit(text.charAt(at))) {
                at++;
                continue;
            }
            int end = runEnd(text, at);
            if (isCard(digits(text, at, end)) && !joined(text, at, end)) {
                spans.add(new PersonalDataSpan(Kind.CARD, at, end));
            } else {
                grouped(text, at, end, spans);
            }
            at = end;
        }
        return spans.isEmpty() ? spans : withCodes(text, spans);
    }

    /** Card numbers among the groups of a longer run of digits. */
    private static void grouped(String text, int start, int end, List<PersonalDataSpan> spans) {
        List<int[]> groups = groups(text, start, end);
        int first = 0;
        while (first < groups.size()) {
            int last = last(text, groups, first);
            if (last < 0) {
                first++;
                continue;
            }
            int code = last + 1;
            boolean coded = code < groups.size() && isCode(groups.get(code));
            int behind = groups.get(coded ? code : last)[1];
            spans.add(new PersonalDataSpan(Kind.CARD, groups.get(first)[0], behind));
            first = (coded ? code : last) + 1;
        }
    }

    /** The last group of a card number that begins with this group; -1 when there is none. */
    private static int last(String text, List<int[]> groups, int first) {
        for (String shape : SHAPES) {
            int last = first + shape.length() - 1;
            if (last >= groups.size()) {
                continue;
            }
            boolean fits = true;
            for (int i = 0; fits && i < shape.length(); i++) {
                int[] group = groups.get(first + i);
                fits = group[1] - group[0] == Character.digit(shape.charAt(i), 36);
            }
            int from = groups.get(first)[0];
            int to = groups.get(last)[1];
            if (fits && isCard(digits(text, from, to)) && !joined(text, from, to)) {
                return last;
            }
        }
        return -1;
    }

    private static boolean isCode(int[] group) {
        int length = group[1] - group[0];
        return length == 3 || length == 4;
    }

    private static List<int[]> groups(String text, int start, int end) {
        List<int[]> groups = new ArrayList<>();
        int at = start;
        while (at < end) {
            int from = at;
            while (at < end && isDigit(text.charAt(at))) {
                at++;
            }
            groups.add(new int[] {from, at});
            while (at < end && !isDigit(text.charAt(at))) {
                at++;
            }
        }
        return groups;
    }

    /** Adds the check codes that follow their names. */
    private static List<PersonalDataSpan> withCodes(String text, List<PersonalDataSpan> spans) {
        NonOverlappingSpans all = new NonOverlappingSpans();
        spans.forEach(all::add);
        Matcher code = CODE.matcher(text);
        while (code.find()) {
            all.add(new PersonalDataSpan(Kind.CARD, code.start(1), code.end(1)));
        }
        return all.sorted();
    }

    /** End of a run of digits with at most one space or hyphen between two digits. */
    private static int runEnd(String text, int start) {
        int end = start;
        int i = start;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (isDigit(c)) {
                end = ++i;
            } else if ((c == ' ' || c == '-' || c == '.' || c == '\u00A0') && i == end) {
                i++;
            } else {
                break;
            }
        }
        return end;
    }

    private static boolean isCard(String digits) {
        return digits.length() >= MIN
                && digits.length() <= MAX
                && digits.charAt(0) >= '2'
                && digits.charAt(0) <= '6'
                && luhn(digits);
    }

    /**
     * Luhn checksum: from the right, double every second digit and sum its own digits; the total
     * ends in 0.
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

    /** Whether the number is part of a longer word, such as a serial number or a fraction. */
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
