package dev.septet.llm.template.jinja.value;

import org.jspecify.annotations.Nullable;

/**
 * Python's arithmetic: booleans count as 0 and 1, {@code /} gives a float, and the other divisions
 * round down.
 */
public final class PythonNumbers {
    private PythonNumbers() {}

    /** The value as an integer; null if it is not one. */
    public static @Nullable Long integer(Object value) {
        if (value instanceof Boolean flag) {
            return flag ? 1L : 0L;
        }
        return value instanceof Long number ? number : null;
    }

    /** The value of a number as a double; null if it is not a number. */
    public static @Nullable Double real(Object value) {
        if (value instanceof Double number) {
            return number;
        }
        Long number = integer(value);
        return number == null ? null : number.doubleValue();
    }

    public static boolean both(Object left, Object right) {
        return real(left) != null && real(right) != null;
    }

    public static Object calculate(String operator, Object left, Object right) {
        Long a = integer(left);
        Long b = integer(right);
        try {
            return a != null && b != null ? whole(operator, a, b) : broken(operator, number(left), number(right));
        } catch (ArithmeticException e) {
            throw new TemplateFault("a number is too large, or divided by zero");
        }
    }

    private static double number(Object value) {
        Double number = real(value);
        if (number == null) {
            throw new TemplateFault("expected a number, got " + PythonValues.typeName(value));
        }
        return number;
    }

    private static Object whole(String operator, long a, long b) {
        return switch (operator) {
            case "+" -> Math.addExact(a, b);
            case "-" -> Math.subtractExact(a, b);
            case "*" -> Math.multiplyExact(a, b);
            case "//" -> Math.floorDiv(a, b);
            case "%" -> Math.floorMod(a, b);
            case "**" -> b < 0 ? (Object) Math.pow((double) a, (double) b) : (Object) power(a, b);
            case "/" -> divide((double) a, (double) b);
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static long power(long base, long exponent) {
        if (base == 0 || base == 1 || base == -1) {
            return exponent == 0 ? 1 : base == -1 && exponent % 2 == 0 ? 1 : base;
        }
        long result = 1;
        for (long i = 0; i < exponent; i++) {
            result = Math.multiplyExact(result, base);
        }
        return result;
    }

    private static Object broken(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "//" -> Math.floor(divide(a, b));
            case "%" -> a - b * Math.floor(divide(a, b));
            case "**" -> Math.pow(a, b);
            case "/" -> divide(a, b);
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static double divide(double a, double b) {
        if (b == 0) {
            throw new ArithmeticException();
        }
        return a / b;
    }
}
