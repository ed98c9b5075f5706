package dev.septet.dsl.problem;

import dev.septet.dsl.text.PublicText;

/** Formats an author's text for a message: short, on one line, and without terminal control characters. */
public final class Quote {
    private static final int MAX = 60;

    private Quote() {}

    /** The text in backticks, as code. */
    public static String code(String text) {
        return "`" + plain(text) + "`";
    }

    /** The text, cut after {@value #MAX} characters, with control characters made visible. */
    public static String plain(String text) {
        int[] points = text.codePoints().limit(MAX + 1L).toArray();
        String start = new String(points, 0, Math.min(points.length, MAX));
        return PublicText.line(start) + (points.length > MAX ? "..." : "");
    }

    /**
     * A file's name as it was given, with control characters made visible. It is not cut, because nobody could open a
     * cut name.
     */
    public static String file(String name) {
        return PublicText.line(name);
    }

    /** The character, or its code point when it moves the cursor or is invisible. */
    static String visible(int point) {
        return PublicText.line(Character.toString(point));
    }
}
