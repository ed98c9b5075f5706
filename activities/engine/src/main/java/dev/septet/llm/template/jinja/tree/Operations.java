package dev.septet.llm.template.jinja.tree;

import dev.septet.llm.template.jinja.value.Budget;
import dev.septet.llm.template.jinja.value.ComparisonOperators;
import dev.septet.llm.template.jinja.value.Formatting;
import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.PythonNumbers;
import dev.septet.llm.template.jinja.value.PythonValues;
import dev.septet.llm.template.jinja.value.TemplateFault;
import dev.septet.llm.template.jinja.value.Tuple;
import dev.septet.llm.template.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators. */
public final class Operations {
    private Operations() {}

    public record Not(TemplateExpression of) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            return !frame.test(of);
        }
    }

    public record Signed(String sign, TemplateExpression of) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            Object value = frame.evaluate(of);
            if (sign.equals("-") && value instanceof Double number) {
                return -number; // 0 - 0.0 would lose the sign
            }
            return PythonNumbers.calculate(sign, 0L, value);
        }
    }

    public record And(TemplateExpression left, TemplateExpression right) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            Object value = frame.evaluate(left);
            return PythonValues.truthy(value) ? frame.evaluate(right) : value;
        }
    }

    public record Or(TemplateExpression left, TemplateExpression right) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            Object value = frame.evaluate(left);
            return PythonValues.truthy(value) ? value : frame.evaluate(right);
        }
    }

    public record Conditional(
            TemplateExpression test,
            TemplateExpression then,
            @Nullable TemplateExpression otherwise) implements TemplateExpression {
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

    /** The {@code ~} operator: concatenates all parts as text. */
    public record Concatenation(List<TemplateExpression> parts) implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            StringBuilder text = new StringBuilder();
            for (TemplateExpression part : parts) {
                String piece = PythonValues.text(frame.evaluate(part), frame);
                frame.budget().characters(piece.length());
                text.append(piece);
            }
            return text.toString();
        }
    }

    public record Operand(String operator, TemplateExpression value) {}

    /** {@code a < b <= c}: true if all comparisons are true; stops at the first that is false. */
    public record Comparison(TemplateExpression first, List<Operand> rest) implements TemplateExpression {
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

        public static boolean holds(String operator, Object left, Object right, Frame frame) {
            Budget budget = frame.budget();
            return switch (operator) {
                case "==" -> ComparisonOperators.equal(left, right, budget);
                case "!=" -> !ComparisonOperators.equal(left, right, budget);
                case "<" -> ComparisonOperators.compare(left, right, budget) < 0;
                case "<=" -> ComparisonOperators.compare(left, right, budget) <= 0;
                case ">" -> ComparisonOperators.compare(left, right, budget) > 0;
                case ">=" -> ComparisonOperators.compare(left, right, budget) >= 0;
                case "in" -> ComparisonOperators.contains(right, left, frame);
                case "not in" -> !ComparisonOperators.contains(right, left, frame);
                default -> throw new IllegalArgumentException(operator);
            };
        }
    }

    public record Arithmetic(String operator, TemplateExpression left, TemplateExpression right)
            implements TemplateExpression {
        @Override
        public Object in(Frame frame) {
            Object a = frame.evaluate(left);
            Object b = frame.evaluate(right);
            if (PythonNumbers.both(a, b)) {
                return PythonNumbers.calculate(operator, a, b);
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
                List<Object> all = new ArrayList<>(PythonValues.items(a, frame));
                all.addAll(PythonValues.items(b, frame));
                return lists ? all : new Tuple(all);
            }
            throw fault(a, b);
        }

        private Object product(Object a, Object b, Frame frame) {
            Long count = PythonNumbers.integer(b);
            if (count == null) {
                count = PythonNumbers.integer(a);
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
                // Repetitions of an empty list count as steps too.
                frame.budget().steps(times * Math.max(1, list.size()));
                List<Object> all = new ArrayList<>();
                Collections.nCopies((int) times, list).forEach(all::addAll);
                return all;
            }
            throw fault(a, b);
        }

        private TemplateFault fault(Object a, Object b) {
            return new TemplateFault(
                    "cannot calculate " + PythonValues.typeName(a) + " " + operator + " " + PythonValues.typeName(b));
        }
    }
}
