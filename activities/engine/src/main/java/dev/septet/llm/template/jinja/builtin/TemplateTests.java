package dev.septet.llm.template.jinja.builtin;

import dev.septet.llm.template.jinja.tree.Operations;
import dev.septet.llm.template.jinja.value.Arguments;
import dev.septet.llm.template.jinja.value.ComparisonOperators;
import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.Invocable;
import dev.septet.llm.template.jinja.value.NoneValue;
import dev.septet.llm.template.jinja.value.PythonNumbers;
import dev.septet.llm.template.jinja.value.PythonText;
import dev.septet.llm.template.jinja.value.PythonValues;
import dev.septet.llm.template.jinja.value.TemplateFault;
import dev.septet.llm.template.jinja.value.Undefined;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The tests, which follow {@code is}. */
public final class TemplateTests {
    /** A test of a value. */
    public interface Test {
        boolean holds(Object value, Arguments arguments, Frame frame);
    }

    private static final Map<String, Test> ALL = tests();

    private TemplateTests() {}

    public static Set<String> names() {
        return ALL.keySet();
    }

    public static Test named(String name) {
        Test test = ALL.get(name);
        if (test == null) {
            throw new TemplateFault("there is no test named \"" + name + "\"");
        }
        return test;
    }

    private static Map<String, Test> tests() {
        Map<String, Test> all = new LinkedHashMap<>();
        all.put("defined", plain(value -> !(value instanceof Undefined)));
        all.put("undefined", plain(value -> value instanceof Undefined));
        all.put("none", plain(value -> value == NoneValue.NONE));
        all.put("string", plain(value -> value instanceof String));
        all.put("mapping", plain(value -> value instanceof Map<?, ?>));
        all.put("iterable", plain(PythonValues::isIterable));
        all.put("sequence", plain(PythonValues::isIterable));
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
        all.put("filter", (value, given, frame) -> TemplateFilters.names().contains(value));
        all.put("test", (value, given, frame) -> names().contains(value));
        all.put("in", (value, given, frame) -> ComparisonOperators.contains(other(given), value, frame));
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
        Long number = PythonNumbers.integer(value);
        if (number == null) {
            throw new TemplateFault("expected a whole number, got " + PythonValues.typeName(value));
        }
        return Math.floorMod(number, divisor);
    }

    private static boolean divisible(Object value, Arguments given) {
        long divisor = given.bind("divisibleby", "num").integer(0, 0);
        if (divisor == 0) {
            throw new TemplateFault("divisibleby needs a number other than 0");
        }
        return remainder(value, divisor) == 0;
    }

    private static boolean isCased(Object value, boolean upper, Frame frame) {
        String text = PythonValues.text(value, frame);
        return (upper ? PythonText.upper(text) : PythonText.lower(text)).equals(text)
                && text.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
    }
}
