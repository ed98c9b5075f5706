package dev.septet.dsl.expression;

import static dev.septet.dsl.expression.Type.ANY;
import static dev.septet.dsl.expression.Type.LIST;
import static dev.septet.dsl.expression.Type.NUMBER;
import static dev.septet.dsl.expression.Type.RECORD;
import static dev.septet.dsl.expression.Type.TEXT;
import static dev.septet.dsl.expression.Type.TRUTH;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The functions of lists, numbers and objects. */
final class OtherFunctions {
    static final List<Function> ALL = List.of(
            list("size", List.of(), NUMBER, "the number of its items", (l, v, m) -> (double) l.size()),
            list("isEmpty", List.of(), TRUTH, "whether it has no items", (l, v, m) -> l.isEmpty()),
            list(
                    "contains",
                    List.of(ANY),
                    TRUTH,
                    "whether the value is one of its items",
                    (l, v, m) -> contains(l, v[0], m)),
            list(
                    "first",
                    List.of(),
                    ANY,
                    "its first item; missing when it has none",
                    (l, v, m) -> l.isEmpty() ? null : l.get(0)),
            list(
                    "last",
                    List.of(),
                    ANY,
                    "its last item; missing when it has none",
                    (l, v, m) -> l.isEmpty() ? null : l.get(l.size() - 1)),
            list(
                    "take",
                    List.of(NUMBER),
                    LIST,
                    "its first n items",
                    (l, v, m) -> l.subList(0, (int) Math.max(0, Math.min(l.size(), (Double) v[0])))),
            list(
                    "join",
                    List.of(TEXT),
                    TEXT,
                    "its items as one text, separated by the other text",
                    OtherFunctions::join),
            number("abs", List.of(), NUMBER, "its absolute value", (n, v, m) -> Math.abs(n)),
            number("round", List.of(), NUMBER, "the nearest whole number", (n, v, m) -> Math.rint(n)),
            number("floor", List.of(), NUMBER, "rounded down to a whole number", (n, v, m) -> Math.floor(n)),
            number("ceil", List.of(), NUMBER, "rounded up to a whole number", (n, v, m) -> Math.ceil(n)),
            number(
                    "atLeast",
                    List.of(NUMBER),
                    NUMBER,
                    "the larger of both numbers",
                    (n, v, m) -> Math.max(n, (Double) v[0])),
            number(
                    "atMost",
                    List.of(NUMBER),
                    NUMBER,
                    "the smaller of both numbers",
                    (n, v, m) -> Math.min(n, (Double) v[0])),
            number("toText", List.of(), TEXT, "as text", (n, v, m) -> CanonicalText.number(n)),
            new Function(
                    "has",
                    RECORD,
                    List.of(TEXT),
                    TRUTH,
                    "whether it has a field of this name that is not missing",
                    (r, v, m) -> ((RowFields) r).get((String) v[0]) != null));

    private OtherFunctions() {}

    private interface ListBody {
        @Nullable
        Object apply(List<?> list, Object[] values, Meter meter);
    }

    private interface NumberBody {
        Object apply(double number, Object[] values, Meter meter);
    }

    private static Function list(String name, List<Type> takes, Type gives, String meaning, ListBody body) {
        return new Function(name, LIST, takes, gives, meaning, (t, v, m) -> body.apply((List<?>) t, v, m));
    }

    private static Function number(String name, List<Type> takes, Type gives, String meaning, NumberBody body) {
        return new Function(name, NUMBER, takes, gives, meaning, (t, v, m) -> body.apply((Double) t, v, m));
    }

    static boolean contains(List<?> list, @Nullable Object wanted, Meter meter) {
        for (Object item : list) {
            if (Operators.equal(item, wanted, meter)) {
                return true;
            }
        }
        return false;
    }

    private static Object join(List<?> list, Object[] values, Meter meter) {
        var text = new StringBuilder();
        String between = "";
        for (Object item : list) {
            if (item == null || item instanceof List || item instanceof RowFields) {
                throw new ExpressionProblem("`join` found an item that is not text, a number, true or false", false);
            }
            String part = item instanceof Double number ? CanonicalText.number(number) : item.toString();
            meter.text((long) text.length() + between.length() + part.length());
            text.append(between).append(part);
            between = (String) values[0];
        }
        return text.toString();
    }
}
