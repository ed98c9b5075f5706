package dev.septet.workers.cli.screen;

import dev.septet.dsl.text.PublicText;
import dev.septet.settings.Setting;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The width and colours of the place where results are shown.
 *
 * @param columns characters per line
 * @param colour whether colours are supported and wanted
 */
public record Screen(int columns, boolean colour) {
    /** A file, a pipe or a minimal terminal. */
    public static final Screen PLAIN = new Screen(80, false);

    /** The escape sequences that {@link #paint} writes. */
    private static final Pattern OWN = Pattern.compile("\u001b\\[(?:0|1|2|31|32|33|36)m");

    private static final int NARROWEST = 40;
    private static final int WIDEST = 160;

    /**
     * The screen of standard output, from what the launcher found.
     *
     * @param columns width of the terminal; empty without a terminal
     * @param terminal whether standard output is a terminal
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

    /** The text in a style, if the screen has colours. */
    public String paint(Style style, String text) {
        return colour && !style.code().isEmpty() && !text.isEmpty()
                ? "\u001b[" + style.code() + "m" + text + "\u001b[0m"
                : text;
    }

    /**
     * Untrusted text with its control characters made visible, so that it cannot control the
     * terminal.
     */
    public static String plain(String text) {
        return PublicText.visible(text);
    }

    /**
     * An output line of a command. Its own colours stay; other control characters are made visible.
     */
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
