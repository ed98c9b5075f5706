package dev.septet.llm.template.jinja.value;

import java.util.List;
import java.util.Map;

/** Python's {@code ==}, {@code <} and {@code in}. */
public final class ComparisonOperators {
    private ComparisonOperators() {}

    public static boolean equal(Object left, Object right, Budget budget) {
        // A list may contain the same list twice, at every level: cheap to create, but endless to
        // traverse.
        budget.step();
        Undefined.use(left);
        Undefined.use(right);
        Double a = PythonNumbers.real(left);
        Double b = PythonNumbers.real(right);
        if (a != null && b != null) {
            return a.doubleValue() == b.doubleValue();
        }
        if (left instanceof List<?> c && right instanceof List<?> d) {
            return equalItems(c, d, budget);
        }
        if (left instanceof Tuple c && right instanceof Tuple d) {
            return equalItems(c.items(), d.items(), budget);
        }
        if (left instanceof Map<?, ?> c && right instanceof Map<?, ?> d) {
            return equalMaps(c, d, budget);
        }
        if (left instanceof String text) {
            budget.steps(text.length() / Frame.CHARACTERS_A_STEP);
            return left.equals(right);
        }
        if (left instanceof Range) {
            return left.equals(right);
        }
        return left == right || (left instanceof Undefined && right instanceof Undefined);
    }

    private static boolean equalMaps(Map<?, ?> a, Map<?, ?> b, Budget budget) {
        if (a.size() != b.size()) {
            return false;
        }
        for (Map.Entry<?, ?> entry : a.entrySet()) {
            Object other = b.get(entry.getKey());
            if (other == null || !equal(entry.getValue(), other, budget)) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalItems(List<?> a, List<?> b, Budget budget) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!equal(a.get(i), b.get(i), budget)) {
                return false;
            }
        }
        return true;
    }

    /** Negative, zero or positive; a fault for values without an order. */
    public static int compare(Object left, Object right, Budget budget) {
        budget.step();
        Undefined.use(left);
        Undefined.use(right);
        Double a = PythonNumbers.real(left);
        Double b = PythonNumbers.real(right);
        if (a != null && b != null) {
            return Double.compare(a, b);
        }
        if (left instanceof String c && right instanceof String d) {
            budget.steps(Math.min(c.length(), d.length()) / Frame.CHARACTERS_A_STEP);
            return compareText(c, d);
        }
        if (left instanceof List<?> c && right instanceof List<?> d) {
            return compareItems(c, d, budget);
        }
        if (left instanceof Tuple c && right instanceof Tuple d) {
            return compareItems(c.items(), d.items(), budget);
        }
        throw new TemplateFault(
                "cannot compare " + PythonValues.typeName(left) + " with " + PythonValues.typeName(right));
    }

    private static int compareItems(List<?> a, List<?> b, Budget budget) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            if (!equal(a.get(i), b.get(i), budget)) {
                return compare(a.get(i), b.get(i), budget);
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    /**
     * Compares by code point, because Java's own order puts surrogate pairs before some other
     * characters.
     */
    private static int compareText(String a, String b) {
        int i = 0;
        while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        if (i == a.length() || i == b.length()) {
            return Integer.compare(a.length(), b.length());
        }
        boolean low = i > 0 && Character.isLowSurrogate(a.charAt(i));
        int start = low ? i - 1 : i;
        return Integer.compare(a.codePointAt(start), b.codePointAt(start));
    }

    public static boolean contains(Object container, Object item, Frame frame) {
        if (container instanceof String text) {
            if (item instanceof String part) {
                frame.search(text, part);
                return text.contains(part);
            }
            throw new TemplateFault("text can contain only text, got " + PythonValues.typeName(item));
        }
        if (container instanceof Map<?, ?> map) {
            return PythonValues.isKey(item) && map.containsKey(item);
        }
        for (Object other : PythonValues.items(container, frame)) {
            if (equal(other, item, frame.budget())) {
                return true;
            }
        }
        return false;
    }
}
