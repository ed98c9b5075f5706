package dev.septet.dsl.expression;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The implementations of binary operators. */
final class Operators {
    private Operators() {}

    static int level(String operator) {
        return switch (operator) {
            case "||" -> Typed.OR;
            case "&&" -> Typed.AND;
            case "+", "-" -> Typed.SUM;
            case "*", "/", "%" -> Typed.PRODUCT;
            default -> Typed.COMPARISON;
        };
    }

    /** The value of {@code left operator right}, for all operators except {@code =~} and {@code ==~}. */
    static Code code(String operator, Typed left, Typed right) {
        return switch (operator) {
            case "&&" -> (row, meter) -> truth(left, operator, row, meter) && truth(right, operator, row, meter);
            case "||" -> (row, meter) -> truth(left, operator, row, meter) || truth(right, operator, row, meter);
            case "==" ->
                (row, meter) ->
                        equal(left.code().value(row, meter), right.code().value(row, meter), meter);
            case "!=" ->
                (row, meter) ->
                        !equal(left.code().value(row, meter), right.code().value(row, meter), meter);
            case "in" ->
                (row, meter) -> OtherFunctions.contains(
                        (List<?>) right.checked(Type.LIST, "in", row, meter),
                        left.code().value(row, meter),
                        meter);
            case "<", "<=", ">", ">=" -> comparison(operator, left, right);
            case "+" -> sum(left, right);
            default -> arithmetic(operator, left, right);
        };
    }

    static boolean equal(@Nullable Object a, @Nullable Object b, Meter meter) {
        meter.add(1);
        if (a instanceof String left && b instanceof String right) {
            meter.add(left.length() == right.length() ? left.length() : 1);
            return left.equals(right);
        }
        if (a instanceof Double left && b instanceof Double right) {
            return left.doubleValue() == right.doubleValue();
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            if (left.size() != right.size()) {
                return false;
            }
            for (int i = 0; i < left.size(); i++) {
                if (!equal(left.get(i), right.get(i), meter)) {
                    return false;
                }
            }
            return true;
        }
        return a == b || (a != null && a.equals(b));
    }

    private static boolean truth(Typed part, String operator, RowFields row, Meter meter) {
        return (Boolean) part.checked(Type.TRUTH, operator, row, meter);
    }

    private static Code comparison(String operator, Typed left, Typed right) {
        return (row, meter) -> {
            Object a = left.checked(Type.ANY, operator, row, meter);
            if (a instanceof String text) {
                String other = (String) right.checked(Type.TEXT, operator, row, meter);
                meter.add(Math.min(text.length(), other.length()));
                return ordered(operator, text.compareTo(other), 0);
            }
            double number = (Double) left.check(a, Type.NUMBER, operator);
            return ordered(operator, number, (Double) right.checked(Type.NUMBER, operator, row, meter));
        };
    }

    private static boolean ordered(String operator, double a, double b) {
        return switch (operator) {
            case "<" -> a < b;
            case "<=" -> a <= b;
            case ">" -> a > b;
            default -> a >= b;
        };
    }

    /** Adds numbers and joins texts. A number or a truth value beside a text becomes text. */
    private static Code sum(Typed left, Typed right) {
        return (row, meter) -> {
            Object a = left.checked(Type.ANY, "+", row, meter);
            Object b = right.checked(Type.ANY, "+", row, meter);
            if (a instanceof Double x && b instanceof Double y) {
                return x + y;
            }
            if (!(a instanceof String) && !(b instanceof String)) {
                left.check(a, Type.NUMBER, "+");
                right.check(b, Type.NUMBER, "+");
            }
            String first = part(left, a);
            String second = part(right, b);
            meter.text((long) first.length() + second.length());
            return first + second;
        };
    }

    private static String part(Typed side, Object value) {
        if (value instanceof Double number) {
            return CanonicalText.number(number);
        }
        return value instanceof Boolean truth ? truth.toString() : (String) side.check(value, Type.TEXT, "+");
    }

    private static Code arithmetic(String operator, Typed left, Typed right) {
        return (row, meter) -> {
            double a = (Double) left.checked(Type.NUMBER, operator, row, meter);
            double b = (Double) right.checked(Type.NUMBER, operator, row, meter);
            if (b == 0 && (operator.equals("/") || operator.equals("%"))) {
                throw new ExpressionProblem(
                        "`%s` is 0, and nothing can be divided by 0".formatted(right.shown()), false);
            }
            return switch (operator) {
                case "-" -> a - b;
                case "*" -> a * b;
                case "/" -> a / b;
                default -> a % b;
            };
        };
    }
}
