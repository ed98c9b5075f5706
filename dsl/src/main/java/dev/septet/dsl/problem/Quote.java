package dev.septet.dsl.problem;

import dev.septet.dsl.text.PublicText;

/** Author's text inside a message: short, on one line, and harmless to a terminal. */
public final class Quote {
    private static final int MOST = 60;

    private Quote() {}

    /** The text between backticks, as code is shown. */
    public static String code(String text) {
        return "`" + plain(text) + "`";
    }

    /** The text, cut after {@value #MOST} characters, with control characters made visible. */
    public static String plain(String text) {
        int[] points = text.codePoints().limit(MOST + 1L).toArray();
        String start = new String(points, 0, Math.min(points.length, MOST));
        return PublicText.line(start) + (points.length > MOST ? "..." : "");
    }

    /**
     * A file's name as it was given, however long: cut, nobody could open it. Control characters
     * are made visible.
     */
    public static String file(String name) {
        return PublicText.line(name);
    }

    /** Characters that move the cursor or hide, as their number. */
    static String visible(int point) {
        return PublicText.line(Character.toString(point));
    }
}
