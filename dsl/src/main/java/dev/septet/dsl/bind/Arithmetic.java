package dev.septet.dsl.bind;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Optional;

/** Operators over two constants. A result is never larger than a constant may be. */
public final class Arithmetic {
    private static final int MAX_TEXT = 64 * 1024;
    private static final int MAX_EXPONENT = 308;

    private Arithmetic() {}

    /** Thrown when an operator has no result. */
    static final class Impossible extends RuntimeException {
        Impossible(String message) {
            super(message, null, false, false);
        }
    }

    /** The result; empty when the operator does not accept these types. */
    static Optional<Object> apply(String operator, Object left, Object right) {
        if (operator.equals("==") || operator.equals("!=")) {
            boolean equal = equal(left, right);
            return Optional.of(operator.equals("==") == equal);
        } else if (left instanceof BigDecimal a && right instanceof BigDecimal b) {
            return numbers(operator, a, b);
        } else if (left instanceof Boolean a && right instanceof Boolean b) {
            return switch (operator) {
                case "&&" -> Optional.of(a && b);
                case "||" -> Optional.of(a || b);
                default -> Optional.empty();
            };
        } else if (operator.equals("+") && left instanceof String a && right instanceof String b) {
            return Optional.of(bounded(a + b));
        }
        return Optional.empty();
    }

    /** Returns the text unless it exceeds the length limit of texts. */
    static String bounded(String text) {
        if (text.length() > MAX_TEXT) {
            throw new Impossible("the text has more than " + MAX_TEXT + " characters, which is the limit");
        }
        return text;
    }

    private static boolean equal(Object left, Object right) {
        if (left instanceof BigDecimal a && right instanceof BigDecimal b) {
            return a.compareTo(b) == 0;
        }
        return left.equals(right);
    }

    private static Optional<Object> numbers(String operator, BigDecimal a, BigDecimal b) {
        int order = a.compareTo(b);
        return switch (operator) {
            case "+" -> Optional.of(bounded(a.add(b, MathContext.DECIMAL128)));
            case "-" -> Optional.of(bounded(a.subtract(b, MathContext.DECIMAL128)));
            case "*" -> Optional.of(bounded(a.multiply(b, MathContext.DECIMAL128)));
            case "/" -> Optional.of(bounded(a.divide(nonZero(b), MathContext.DECIMAL128)));
            case "%" -> Optional.of(remainder(a, nonZero(b)));
            case "<" -> Optional.of(order < 0);
            case "<=" -> Optional.of(order <= 0);
            case ">" -> Optional.of(order > 0);
            case ">=" -> Optional.of(order >= 0);
            default -> Optional.empty();
        };
    }

    private static BigDecimal remainder(BigDecimal a, BigDecimal b) {
        try {
            return a.remainder(b, MathContext.DECIMAL128);
        } catch (ArithmeticException e) {
            throw new Impossible("the remainder of numbers so far apart is lost in rounding");
        }
    }

    private static BigDecimal nonZero(BigDecimal divisor) {
        if (divisor.signum() == 0) {
            throw new Impossible("nothing can be divided by 0");
        }
        return divisor;
    }

    private static BigDecimal bounded(BigDecimal number) {
        if (number.signum() == 0) {
            return BigDecimal.ZERO;
        }
        long exponent = (long) number.precision() - number.scale() - 1;
        if (Math.abs(exponent) > MAX_EXPONENT) {
            throw new Impossible("the result is beyond 1e308, which is the limit");
        }
        return number;
    }
}
