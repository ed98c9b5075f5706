package dev.septet.llm.template.jinja.value;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's {@code repr}: the form of values inside lists and mappings, and of numbers everywhere. */
public final class Representation {
    private static final int MAX_DEPTH = 100;
    private static final int MAX_CHARACTERS = 16 << 20;

    private Representation() {}

    public static void of(Object value, StringBuilder out) {
        of(value, out, null, 0);
    }

    /** Charges each item as a step, and each character of a text before it is created. */
    public static void of(Object value, StringBuilder out, Budget budget) {
        of(value, out, budget, 0);
    }

    private static void of(Object value, StringBuilder out, @Nullable Budget budget, int depth) {
        if (budget != null) {
            budget.step();
            budget.characters(value instanceof String text ? text.length() : 2);
        }
        if (depth > MAX_DEPTH || out.length() > MAX_CHARACTERS) {
            throw new TemplateFault("a list is too large to print");
        }
        if (value instanceof String text) {
            quoted(text, out);
        } else if (value instanceof Boolean flag) {
            out.append(flag ? "True" : "False");
        } else if (value instanceof Double number) {
            out.append(of(number));
        } else if (value instanceof Long) {
            out.append(value);
        } else if (value instanceof List<?> list) {
            list(list, "[", "]", out, budget, depth);
        } else if (value instanceof Tuple tuple) {
            list(tuple.items(), "(", tuple.items().size() == 1 ? ",)" : ")", out, budget, depth);
        } else if (value instanceof Map<?, ?> map) {
            map(map, out, budget, depth);
        } else if (value instanceof Range range) {
            out.append("range(").append(range.start()).append(", ").append(range.stop());
            out.append(range.step() == 1 ? "" : ", " + range.step()).append(')');
        } else if (value instanceof Undefined) {
            out.append("Undefined");
        } else if (value == NoneValue.NONE) {
            out.append("None");
        } else {
            throw new TemplateFault("cannot print " + PythonValues.typeName(value));
        }
    }

    private static void list(
            List<?> items, String open, String close, StringBuilder out, @Nullable Budget budget, int depth) {
        out.append(open);
        String separator = "";
        for (Object item : items) {
            out.append(separator);
            of(item, out, budget, depth + 1);
            separator = ", ";
        }
        out.append(close);
    }

    private static void map(Map<?, ?> map, StringBuilder out, @Nullable Budget budget, int depth) {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            of(entry.getKey(), out, budget, depth + 1);
            out.append(": ");
            of(entry.getValue(), out, budget, depth + 1);
            separator = ", ";
        }
        out.append('}');
    }

    private static void quoted(String text, StringBuilder out) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(point -> {
            if (point == quote || point == '\\') {
                out.append('\\').append((char) point);
            } else if (point == '\n') {
                out.append("\\n");
            } else if (point == '\r') {
                out.append("\\r");
            } else if (point == '\t') {
                out.append("\\t");
            } else if (point < ' ' || (point >= 0x7F && point < 0xA1)) {
                out.append(String.format(Locale.ROOT, "\\x%02x", point));
            } else {
                out.appendCodePoint(point);
            }
        });
        out.append(quote);
    }

    /** The shortest decimal that is parsed back to the same number, in Python's format. */
    public static String of(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = new BigDecimal(number);
        for (int digits = 1; digits <= 17; digits++) {
            BigDecimal rounded = shortest.round(new MathContext(digits));
            if (rounded.doubleValue() == number) {
                shortest = rounded;
                break;
            }
        }
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = shortest.toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        String digits = shortest.unscaledValue().abs().toString().replaceFirst("0+$", "");
        String mantissa = digits.charAt(0) + (digits.length() > 1 ? "." + digits.substring(1) : "");
        return (number < 0 ? "-" : "")
                + mantissa
                + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
}
