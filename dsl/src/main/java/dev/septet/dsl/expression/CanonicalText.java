package dev.septet.dsl.expression;

import java.math.BigDecimal;

/** ConstantValues in their canonical form, which the parser of pipeline files reads back. */
final class CanonicalText {
    private CanonicalText() {}

    /** In single quotes; what could not stand in a file is written as its number. */
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
                        out.append("\\u%04x".formatted((int) c));
                    }
                }
            }
        }
        return out.append('\'').toString();
    }

    /** {@code 20}, {@code 0.5}: without a needless fraction, so that it is also good text. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        BigDecimal exact = BigDecimal.valueOf(value).stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        return exponent >= -6 && exponent < 16 ? exact.toPlainString() : exact.toString();
    }
}
