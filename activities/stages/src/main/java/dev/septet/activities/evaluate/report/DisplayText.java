package dev.septet.activities.evaluate.report;

import java.util.Locale;

/** Makes untrusted texts displayable; the template escapes them. */
public final class DisplayText {
    private static final int CONTROL_PICTURES = 0x2400;

    private DisplayText() {}

    /**
     * Replaces control characters with their Unicode pictures, and characters that could change the
     * reading direction with their code points; truncates a text that is too long.
     */
    public static String of(String text, int max) {
        StringBuilder visible = new StringBuilder();
        text.codePoints().limit(max).forEach(c -> append(visible, c));
        int length = text.codePointCount(0, text.length());
        if (length > max) {
            visible.append(String.format(Locale.ROOT, " … (%,d more characters)", length - max));
        }
        return visible.toString();
    }

    private static void append(StringBuilder visible, int c) {
        if (c == '\n' || c == '\t') {
            visible.append((char) c);
        } else if (c < 0x20) {
            visible.append((char) (CONTROL_PICTURES + c));
        } else if (c == 0x7f) {
            visible.append('\u2421');
        } else if (Character.getType(c) == Character.CONTROL || turnsDirection(c)) {
            visible.append(String.format(Locale.ROOT, "[U+%04X]", c));
        } else if (Character.getType(c) == Character.SURROGATE) {
            visible.append('\ufffd');
        } else {
            visible.appendCodePoint(c);
        }
    }

    private static boolean turnsDirection(int c) {
        return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    }
}
