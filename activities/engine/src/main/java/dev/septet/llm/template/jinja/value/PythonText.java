package dev.septet.llm.template.jinja.value;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Python's text functions: strings of code points, with Python's definition of white space and lines. */
public final class PythonText {
    private PythonText() {}

    public static boolean isSpace(int point) {
        return Character.isWhitespace(point)
                || Character.isSpaceChar(point)
                || point == 0x85
                || (point >= 0x1C && point <= 0x1F);
    }

    public static String strip(String text) {
        return stripStart(stripEnd(text));
    }

    static String stripStart(String text) {
        return stripStart(text, PythonText::isSpace);
    }

    public static String stripEnd(String text) {
        return stripEnd(text, PythonText::isSpace);
    }

    static String stripStart(String text, IntPredicate strips) {
        int start = 0;
        while (start < text.length() && strips.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        return text.substring(start);
    }

    public static String stripEnd(String text, IntPredicate strips) {
        int end = text.length();
        while (end > 0 && strips.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(0, end);
    }

    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Each code point as a separate text. */
    static List<Object> characters(String text) {
        List<Object> characters = new ArrayList<>(text.length());
        text.codePoints().forEach(point -> characters.add(Character.toString(point)));
        return characters;
    }

    /** Splits a text into lines, with or without their line breaks. */
    public static List<Object> lines(String text, boolean keepEnds, Budget budget) {
        List<Object> lines = new ArrayList<>();
        int start = 0;
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if (isLineEnd(c)) {
                int end = i - 1;
                if (c == '\r' && i < text.length() && text.charAt(i) == '\n') {
                    i++;
                }
                budget.step();
                lines.add(text.substring(start, keepEnds ? i : end));
                start = i;
            }
        }
        if (start < text.length()) {
            budget.step();
            lines.add(text.substring(start));
        }
        return lines;
    }

    private static boolean isLineEnd(char c) {
        return (c >= '\n' && c <= '\r') || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    /** Splits at white space, at most {@code limit} times unless it is negative. */
    public static List<Object> words(String text, long limit, Budget budget) {
        List<Object> words = new ArrayList<>();
        int at = skip(text, 0, true);
        while (at < text.length()) {
            if (limit >= 0 && words.size() == limit) {
                budget.step();
                words.add(text.substring(at));
                return words;
            }
            int end = skip(text, at, false);
            budget.step();
            words.add(text.substring(at, end));
            at = skip(text, end, true);
        }
        return words;
    }

    private static int skip(String text, int from, boolean space) {
        int at = from;
        while (at < text.length() && isSpace(text.charAt(at)) == space) {
            at++;
        }
        return at;
    }

    /** Splits at a separator, at most {@code limit} times unless it is negative. */
    static List<Object> split(String text, String separator, long limit, Budget budget) {
        if (separator.isEmpty()) {
            throw new TemplateFault("cannot split at an empty separator");
        }
        List<Object> parts = new ArrayList<>();
        int start = 0;
        int next = text.indexOf(separator);
        while (next >= 0 && (limit < 0 || parts.size() < limit)) {
            budget.step();
            parts.add(text.substring(start, next));
            start = next + separator.length();
            next = text.indexOf(separator, start);
        }
        budget.step();
        parts.add(text.substring(start));
        return parts;
    }

    /** As {@link #split}, from the end. */
    static List<Object> splitFromEnd(String text, String separator, long limit, Budget budget) {
        if (separator.isEmpty()) {
            throw new TemplateFault("cannot split at an empty separator");
        }
        List<Object> parts = new ArrayList<>();
        int end = text.length();
        int next = text.lastIndexOf(separator, end - separator.length());
        while (next >= 0 && (limit < 0 || parts.size() < limit)) {
            budget.step();
            parts.add(text.substring(next + separator.length(), end));
            end = next;
            next = text.lastIndexOf(separator, end - separator.length());
        }
        budget.step();
        parts.add(text.substring(0, end));
        Collections.reverse(parts);
        return parts;
    }

    public static String capitalized(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = Character.charCount(text.codePointAt(0));
        return upper(text.substring(0, first)) + lower(text.substring(first));
    }

    /** Capitalizes every word, as {@code str.title} does. */
    static String titled(String text) {
        StringBuilder titled = new StringBuilder();
        boolean inWord = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int point = text.codePointAt(i);
            titled.appendCodePoint(inWord ? Character.toLowerCase(point) : Character.toTitleCase(point));
            inWord = Character.isLetter(point);
        }
        return titled.toString();
    }

    public static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    public static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
