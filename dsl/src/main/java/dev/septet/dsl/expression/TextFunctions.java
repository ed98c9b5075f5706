package dev.septet.dsl.expression;

import static dev.septet.dsl.expression.Type.LIST;
import static dev.septet.dsl.expression.Type.NUMBER;
import static dev.septet.dsl.expression.Type.PATTERN;
import static dev.septet.dsl.expression.Type.TEXT;
import static dev.septet.dsl.expression.Type.TRUTH;

import dev.septet.dsl.expression.regex.Regex;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The functions of texts. Characters are code points. */
final class TextFunctions {
    static final List<Function> ALL = List.of(
            of("length", List.of(), NUMBER, "the number of its characters", (t, v, m) ->
                    (double) t.codePointCount(0, t.length())),
            of("isEmpty", List.of(), TRUTH, "whether it has no characters", (t, v, m) -> t.isEmpty()),
            of("isBlank", List.of(), TRUTH, "whether it has only white space", (t, v, m) -> t.isBlank()),
            of("trim", List.of(), TEXT, "without white space at its start and end", (t, v, m) -> t.strip()),
            of("toLowerCase", List.of(), TEXT, "in lower case", (t, v, m) -> t.toLowerCase(Locale.ROOT)),
            of("toUpperCase", List.of(), TEXT, "in upper case", (t, v, m) -> t.toUpperCase(Locale.ROOT)),
            of(
                    "contains",
                    List.of(TEXT),
                    TRUTH,
                    "whether it contains the other text",
                    (t, v, m) -> search(t, v, m) >= 0),
            of(
                    "startsWith",
                    List.of(TEXT),
                    TRUTH,
                    "whether it begins with the other text",
                    (t, v, m) -> t.startsWith((String) v[0])),
            of(
                    "endsWith",
                    List.of(TEXT),
                    TRUTH,
                    "whether it ends with the other text",
                    (t, v, m) -> t.endsWith((String) v[0])),
            of(
                    "indexOf",
                    List.of(TEXT),
                    NUMBER,
                    "the index of the other text, from 0; -1 when it does not contain it",
                    (t, v, m) -> {
                        int at = search(t, v, m);
                        return (double) (at < 0 ? at : t.codePointCount(0, at));
                    }),
            of("count", List.of(TEXT), NUMBER, "how often it contains the other text", TextFunctions::count),
            of(
                    "replace",
                    List.of(TEXT, TEXT),
                    TEXT,
                    "with every occurrence of the first text replaced by the second",
                    TextFunctions::replace),
            of("replaceAll", List.of(PATTERN, TEXT), TEXT, "with every match replaced by the text", (t, v, m) -> {
                String made = ((Regex) v[0]).replaceAll(t, (String) v[1], m);
                m.text(made.length());
                return made;
            }),
            of(
                    "find",
                    List.of(PATTERN),
                    TEXT,
                    "the first match; missing when there is none",
                    (t, v, m) -> ((Regex) v[0]).first(t, m)),
            of(
                    "matches",
                    List.of(PATTERN),
                    TRUTH,
                    "whether the whole text matches; the same as `==~`",
                    (t, v, m) -> ((Regex) v[0]).matches(t, m)),
            of("take", List.of(NUMBER), TEXT, "its first n characters", (t, v, m) -> piece(t, 0, (Double) v[0])),
            of(
                    "substring",
                    List.of(NUMBER),
                    TEXT,
                    "its characters from this index on, counted from 0",
                    (t, v, m) -> piece(t, (Double) v[0], t.length())),
            of(
                    "substring",
                    List.of(NUMBER, NUMBER),
                    TEXT,
                    "its characters from the first index to before the second",
                    (t, v, m) -> piece(t, (Double) v[0], (Double) v[1])),
            of("split", List.of(TEXT), LIST, "its parts, split at the other text", TextFunctions::split),
            of(
                    "lines",
                    List.of(),
                    LIST,
                    "its lines",
                    (t, v, m) -> counted(t.lines().toList(), m)),
            of(
                    "words",
                    List.of(),
                    LIST,
                    "its words, split at white space",
                    (t, v, m) -> counted(
                            t.isBlank() ? List.of() : Arrays.asList(t.strip().split("\\s+")), m)),
            of(
                    "toNumber",
                    List.of(),
                    NUMBER,
                    "its value as a number; missing when it is not a number",
                    TextFunctions::number));

    private TextFunctions() {}

    private interface Body {
        @org.jspecify.annotations.Nullable
        Object apply(String text, Object[] values, Meter meter);
    }

    private static Function of(String name, List<Type> takes, Type gives, String meaning, Body body) {
        return new Function(name, TEXT, takes, gives, meaning, (target, values, meter) -> {
            meter.add(((String) target).length());
            return body.apply((String) target, values, meter);
        });
    }

    /** Java's search is quadratic in the worst case, so long patterns cost more steps. */
    private static int search(String text, Object[] values, Meter meter) {
        int at = text.indexOf((String) values[0]);
        meter.add((long) text.length() * Math.min(8, ((String) values[0]).length()) / 8);
        return at;
    }

    private static Object count(String text, Object[] values, Meter meter) {
        String part = (String) values[0];
        double count = 0;
        if (!part.isEmpty()) {
            for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
                meter.add(part.length());
                count++;
            }
        }
        return count;
    }

    private static Object replace(String text, Object[] values, Meter meter) {
        String from = (String) values[0];
        String to = (String) values[1];
        if (from.isEmpty()) {
            return text;
        }
        double found = (Double) count(text, values, meter);
        meter.text(text.length() + ((long) found) * (to.length() - from.length()));
        return text.replace(from, to);
    }

    private static String piece(String text, double from, double to) {
        int length = text.codePointCount(0, text.length());
        int first = (int) Math.max(0, Math.min(length, from));
        int last = (int) Math.max(first, Math.min(length, to));
        int start = text.offsetByCodePoints(0, first);
        return text.substring(start, text.offsetByCodePoints(start, last - first));
    }

    private static Object split(String text, Object[] values, Meter meter) {
        String between = (String) values[0];
        if (between.isEmpty()) {
            return List.of(text);
        }
        meter.items((long) (double) (Double) count(text, values, meter) + 1);
        return Arrays.asList(text.split(java.util.regex.Pattern.quote(between), -1));
    }

    private static List<?> counted(List<?> list, Meter meter) {
        meter.items(list.size());
        return list;
    }

    private static @org.jspecify.annotations.Nullable Object number(String text, Object[] values, Meter meter) {
        String digits = text.strip();
        return digits.length() <= 40 && digits.matches("-?[0-9]+(\\.[0-9]+)?([eE]-?[0-9]{1,3})?")
                ? (Object) Double.valueOf(digits)
                : null;
    }
}
