package dev.septet.llm.template.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What stands after {@code is}. */
final class Tests {
    /** A yes-or-no question about a value. */
    interface Test {
        boolean holds(Object value, Arguments arguments, Frame frame);
    }

    private static final Map<String, Test> ALL = tests();

    private Tests() {}

    static Set<String> names() {
        return ALL.keySet();
    }

    static Test named(String name) {
        Test test = ALL.get(name);
        if (test == null) {
            throw new Fault("there is no test named \"" + name + "\"");
        }
        return test;
    }

    private static Map<String, Test> tests() {
        Map<String, Test> all = new LinkedHashMap<>();
        all.put("defined", plain(value -> !(value instanceof Undefined)));
        all.put("undefined", plain(value -> value instanceof Undefined));
        all.put("none", plain(value -> value == None.NONE));
        all.put("string", plain(value -> value instanceof String));
        all.put("mapping", plain(value -> value instanceof Map<?, ?>));
        all.put("iterable", plain(Values::isIterable));
        all.put("sequence", plain(Values::isIterable));
        all.put("number", plain(v -> v instanceof Number || v instanceof Boolean));
        all.put("integer", plain(value -> value instanceof Long));
        all.put("float", plain(value -> value instanceof Double));
        all.put("boolean", plain(value -> value instanceof Boolean));
        all.put("true", plain(value -> Boolean.TRUE.equals(value)));
        all.put("false", plain(value -> Boolean.FALSE.equals(value)));
        all.put("callable", plain(value -> value instanceof Invocable));
        all.put("odd", plain(value -> remainder(value, 2) == 1));
        all.put("even", plain(value -> remainder(value, 2) == 0));
        all.put("lower", (value, given, frame) -> isCased(value, false, frame));
        all.put("upper", (value, given, frame) -> isCased(value, true, frame));
        all.put("divisibleby", (value, given, frame) -> divisible(value, given));
        all.put("sameas", (value, given, frame) -> value == other(given));
        all.put("filter", (value, given, frame) -> Filters.names().contains(value));
        all.put("test", (value, given, frame) -> names().contains(value));
        all.put("in", (value, given, frame) -> Comparisons.contains(other(given), value, frame));
        compared(all, List.of("eq", "equalto", "=="), "==");
        compared(all, List.of("ne", "!="), "!=");
        compared(all, List.of("lt", "lessthan", "<"), "<");
        compared(all, List.of("le", "<="), "<=");
        compared(all, List.of("gt", "greaterthan", ">"), ">");
        compared(all, List.of("ge", ">="), ">=");
        return all;
    }

    private static Test plain(Predicate<Object> holds) {
        return (value, given, frame) -> {
            given.bind("this test");
            return holds.test(value);
        };
    }

    private static void compared(Map<String, Test> all, List<String> names, String operator) {
        Test test = (value, given, frame) -> Operations.Comparison.holds(operator, value, other(given), frame);
        names.forEach(name -> all.put(name, test));
    }

    private static Object other(Arguments given) {
        return given.bind("this test", "value").required(0);
    }

    private static long remainder(Object value, long divisor) {
        Long number = Numbers.integer(value);
        if (number == null) {
            throw new Fault("expected a whole number, got " + Values.typeName(value));
        }
        return Math.floorMod(number, divisor);
    }

    private static boolean divisible(Object value, Arguments given) {
        long divisor = given.bind("divisibleby", "num").integer(0, 0);
        if (divisor == 0) {
            throw new Fault("divisibleby needs a number other than 0");
        }
        return remainder(value, divisor) == 0;
    }

    private static boolean isCased(Object value, boolean upper, Frame frame) {
        String text = Values.text(value, frame);
        return (upper ? PythonText.upper(text) : PythonText.lower(text)).equals(text)
                && text.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
    }
}
