package dev.septet.llm.template.jinja.builtin;

import dev.septet.llm.template.jinja.value.Arguments;
import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.PythonNumbers;
import dev.septet.llm.template.jinja.value.PythonText;
import dev.septet.llm.template.jinja.value.PythonValues;
import dev.septet.llm.template.jinja.value.TemplateFault;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;

/** Filters that return numbers. */
final class NumberFilters {
    static final Map<String, TemplateFilter> ALL = Map.of(
            "int", NumberFilters::integer,
            "float", NumberFilters::real,
            "abs", NumberFilters::absolute,
            "round", NumberFilters::rounded);

    private NumberFilters() {}

    private static Object integer(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("int", "default", "base");
        Long whole = PythonNumbers.integer(value);
        if (whole != null) {
            return whole;
        }
        try {
            if (value instanceof String text) {
                String digits = PythonText.strip(text).replace("_", "");
                int base = (int) bound.integer(1, 10);
                return digits.matches("[+-]?\\w+") && digits.length() < 20
                        ? Long.parseLong(digits, base)
                        : (Object) (long) Double.parseDouble(digits);
            }
        } catch (NumberFormatException e) {
            return bound.get(0, 0L);
        }
        return value instanceof Double number && !number.isNaN() && !number.isInfinite()
                ? (Object) number.longValue()
                : bound.get(0, 0L);
    }

    private static Object real(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("float", "default");
        Double number = PythonNumbers.real(value);
        if (number != null) {
            return number;
        }
        try {
            if (value instanceof String text && !text.matches(".*[dDfFxX].*")) {
                return Double.parseDouble(PythonText.strip(text));
            }
        } catch (NumberFormatException e) {
            return bound.get(0, 0.0);
        }
        return bound.get(0, 0.0);
    }

    private static Object absolute(Object value, Arguments given, Frame frame) {
        given.bind("abs");
        Long whole = PythonNumbers.integer(value);
        if (whole != null) {
            return Math.abs(whole);
        }
        if (value instanceof Double number) {
            return Math.abs(number);
        }
        throw new TemplateFault("abs expects a number, got " + PythonValues.typeName(value));
    }

    /** Rounds half to even, as in Python; the result is always a float, as in jinja2. */
    private static Object rounded(Object value, Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("round", "precision", "method");
        Double number = PythonNumbers.real(value);
        if (number == null) {
            throw new TemplateFault("round expects a number, got " + PythonValues.typeName(value));
        }
        int places = (int) Math.max(-300, Math.min(bound.integer(0, 0), 300));
        RoundingMode mode = switch (PythonValues.text(bound.get(1, "common"))) {
            case "common" -> RoundingMode.HALF_EVEN;
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default -> throw new TemplateFault("round knows common, ceil and floor");
        };
        if (number.isNaN() || number.isInfinite()) {
            return number;
        }
        Object rounded = new BigDecimal(number).setScale(places, mode).doubleValue();
        return value instanceof Long && mode == RoundingMode.HALF_EVEN && places == 0 ? value : rounded;
    }
}
