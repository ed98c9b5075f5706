package dev.septet.activities.evaluate.report;

import java.math.BigDecimal;
import java.util.Locale;

/** Writes the parts of an SVG element, each in a line. */
public final class SvgText {
    private final StringBuilder svg = new StringBuilder();

    /** Begins an element with its title and its description in words. */
    public SvgText(String id, int width, int height, String title, String description) {
        line("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s-title %s-desc\">", width, height, id, id);
        line("<title id=\"%s-title\">%s</title>", id, escaped(title));
        line("<desc id=\"%s-desc\">%s</desc>", id, escaped(description));
    }

    /** Adds a line. Texts among the arguments are {@link #escaped} by the caller. */
    public void line(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    /** The whole element. */
    public String end() {
        return svg + "</svg>";
    }

    /** A coordinate with one decimal. */
    public static String number(double value) {
        return BigDecimal.valueOf(Math.round(value * 10), 1)
                .stripTrailingZeros()
                .toPlainString();
    }

    /** A text as the content of an element or of an attribute. */
    public static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
