package dev.septet.llm.template.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators. */
final class Operations {
    private Operations() {}

    record Not(Expression of) implements Expression {
        @Override
        public Object in(Frame frame) {
            return !frame.test(of);
        }
    }

    record Signed(String sign, Expression of) implements Expression {
        @Override
        public Object in(Frame frame) {
            Object value = frame.evaluate(of);
            if (sign.equals("-") && value instanceof Double number) {
                return -number; // 0 - 0.0 would lose the sign
            }
            return Numbers.calculate(sign, 0L, value);
        }
    }

    record And(Expression left, Expression right) implements Expression {
        @Override
        public Object in(Frame frame) {
            Object value = frame.evaluate(left);
            return Values.truthy(value) ? frame.evaluate(right) : value;
        }
    }

    record Or(Expression left, Expression right) implements Expression {
        @Override
        public Object in(Frame frame) {
            Object value = frame.evaluate(left);
            return Values.truthy(value) ? value : frame.evaluate(right);
        }
    }

    record Conditional(
            Expression test, Expression then, @Nullable Expression otherwise) implements Expression {
        @Override
        public Object in(Frame frame) {
            if (frame.test(test)) {
                return frame.evaluate(then);
            }
            return otherwise == null
                    ? new Undefined("an \"if\" without \"else\" chose nothing")
                    : frame.evaluate(otherwise);
        }
    }

    /** The {@code ~} operator: everything as text, one after the other. */
    record Concatenation(List<Expression> parts) implements Expression {
        @Override
        public Object in(Frame frame) {
            StringBuilder text = new StringBuilder();
            for (Expression part : parts) {
                String piece = Values.text(frame.evaluate(part), frame);
                frame.budget().characters(piece.length());
                text.append(piece);
            }
            return text.toString();
        }
    }

    record Operand(String operator, Expression value) {}

    /** {@code a < b <= c}: true when every pair is; stops at the first that is not. */
    record Comparison(Expression first, List<Operand> rest) implements Expression {
        @Override
        public Object in(Frame frame) {
            Object left = frame.evaluate(first);
            for (Operand operand : rest) {
                Object right = frame.evaluate(operand.value());
                if (!holds(operand.operator(), left, right, frame)) {
                    return false;
                }
                left = right;
            }
            return true;
        }

        static boolean holds(String operator, Object left, Object right, Frame frame) {
            Budget budget = frame.budget();
            return switch (operator) {
                case "==" -> Comparisons.equal(left, right, budget);
                case "!=" -> !Comparisons.equal(left, right, budget);
                case "<" -> Comparisons.compare(left, right, budget) < 0;
                case "<=" -> Comparisons.compare(left, right, budget) <= 0;
                case ">" -> Comparisons.compare(left, right, budget) > 0;
                case ">=" -> Comparisons.compare(left, right, budget) >= 0;
                case "in" -> Comparisons.contains(right, left, frame);
                case "not in" -> !Comparisons.contains(right, left, frame);
                default -> throw new IllegalArgumentException(operator);
            };
        }
    }

    record Arithmetic(String operator, Expression left, Expression right) implements Expression {
        @Override
        public Object in(Frame frame) {
            Object a = frame.evaluate(left);
            Object b = frame.evaluate(right);
            if (Numbers.both(a, b)) {
                return Numbers.calculate(operator, a, b);
            }
            return switch (operator) {
                case "+" -> sum(a, b, frame);
                case "*" -> product(a, b, frame);
                case "%" -> {
                    if (a instanceof String format) {
                        frame.work(format);
                        yield Formatting.percent(format, b, frame);
                    }
                    throw fault(a, b);
                }
                default -> throw fault(a, b);
            };
        }

        private Object sum(Object a, Object b, Frame frame) {
            if (a instanceof String left && b instanceof String right) {
                frame.budget().characters((long) left.length() + right.length());
                return left + right;
            }
            boolean lists = a instanceof List<?> && b instanceof List<?>;
            if (lists || (a instanceof Tuple && b instanceof Tuple)) {
                List<Object> all = new ArrayList<>(Values.items(a, frame));
                all.addAll(Values.items(b, frame));
                return lists ? all : new Tuple(all);
            }
            throw fault(a, b);
        }

        private Object product(Object a, Object b, Frame frame) {
            Long count = Numbers.integer(b);
            if (count == null) {
                count = Numbers.integer(a);
                if (count == null) {
                    throw fault(a, b);
                }
                return repeated(b, count, frame, a, b);
            }
            return repeated(a, count, frame, a, b);
        }

        private Object repeated(Object value, long count, Frame frame, Object a, Object b) {
            long times = Math.min(Math.max(0, count), Integer.MAX_VALUE);
            if (value instanceof String text) {
                frame.budget().characters(times * text.length());
                return text.repeat((int) times);
            }
            if (value instanceof List<?> list) {
                // An empty list takes its rounds as well.
                frame.budget().steps(times * Math.max(1, list.size()));
                List<Object> all = new ArrayList<>();
                Collections.nCopies((int) times, list).forEach(all::addAll);
                return all;
            }
            throw fault(a, b);
        }

        private Fault fault(Object a, Object b) {
            return new Fault("cannot calculate " + Values.typeName(a) + " " + operator + " " + Values.typeName(b));
        }
    }
}
