package dev.septet.dsl.expression;

import java.math.BigDecimal;
import java.util.Locale;

/** Writes values in canonical form, which the parser of pipeline files reads back. */
final class CanonicalText {
    private CanonicalText() {}

    /** The text in single quotes. Characters that a file may not contain are written as Unicode escapes. */
    static String text(String value) {
        var out = new StringBuilder("'");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\'' -> out.append("\\'");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c >= ' ' && c < 0x7F) {
                        out.append(c);
                    } else {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    }
                }
            }
        }
        return out.append('\'').toString();
    }

    /**
     * The number without a trailing zero fraction, such as {@code 20} or {@code 0.5}, so that it is also readable text.
     */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        BigDecimal exact = BigDecimal.valueOf(value).stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        return exponent >= -6 && exponent < 16 ? exact.toPlainString() : exact.toString();
    }
}
