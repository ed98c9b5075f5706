package dev.septet.workers.cli.screen;

import dev.septet.dsl.text.PublicText;
import dev.septet.settings.Setting;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where results are shown.
 *
 * @param columns characters of a line
 * @param colour whether colours are understood and wanted
 */
public record Screen(int columns, boolean colour) {
    /** A file or a pipe, and the least that every terminal has. */
    public static final Screen PLAIN = new Screen(80, false);

    /** What {@link #paint} writes. */
    private static final Pattern OWN = Pattern.compile("\u001b\\[(?:0|1|2|31|32|33|36)m");

    private static final int NARROWEST = 40;
    private static final int WIDEST = 160;

    /**
     * Standard output as the launcher found it.
     *
     * @param columns width of the terminal, empty without one
     * @param terminal whether standard output is one
     * @param environment {@code NO_COLOR} (https://no-color.org) and {@code TERM}
     */
    public static Screen of(String columns, boolean terminal, Map<String, String> environment) {
        if (!columns.matches("[1-9][0-9]{0,4}")) {
            return PLAIN;
        }
        String none = Setting.NO_COLOR.value(environment);
        boolean colour =
                terminal && (none == null || none.isEmpty()) && !"dumb".equals(Setting.TERM.value(environment));
        int wide = Math.min(WIDEST, Math.max(NARROWEST, Integer.parseInt(columns)));
        return new Screen(wide, colour);
    }

    /** Text in a style, where there are any. */
    public String paint(Style style, String text) {
        return colour && !style.code().isEmpty() && !text.isEmpty()
                ? "\u001b[" + style.code() + "m" + text + "\u001b[0m"
                : text;
    }

    /** Text of strangers as it may go to a terminal: none of it can steer that. */
    public static String plain(String text) {
        return PublicText.visible(text);
    }

    /** A line of a command, whose own colours stay: nothing else in it can steer the terminal. */
    public String line(String text) {
        if (!colour) {
            return plain(text);
        }
        StringBuilder line = new StringBuilder();
        Matcher code = OWN.matcher(text);
        int at = 0;
        while (code.find()) {
            line.append(plain(text.substring(at, code.start()))).append(code.group());
            at = code.end();
        }
        return line.append(plain(text.substring(at))).toString();
    }
}
