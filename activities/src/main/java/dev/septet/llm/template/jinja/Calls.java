package dev.septet.llm.template.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls of functions, filters and tests. */
final class Calls {
    private Calls() {}

    /**
     * @param list what stands after {@code *}: more arguments by position
     * @param mapping what stands after {@code **}: more arguments by name
     */
    record Passed(
            List<Expression> positional,
            Map<String, Expression> named,
            @Nullable Expression list,
            @Nullable Expression mapping) {
        static final Passed NOTHING = new Passed(List.of(), Map.of());

        Passed(List<Expression> positional, Map<String, Expression> named) {
            this(positional, named, null, null);
        }

        Arguments in(Frame frame) {
            List<Object> inOrder = new ArrayList<>(Literals.evaluated(positional, frame));
            if (list != null) {
                inOrder.addAll(Values.items(frame.evaluate(list), frame));
            }
            Map<String, Object> values = new LinkedHashMap<>();
            named.forEach((name, value) -> values.put(name, frame.evaluate(value)));
            if (mapping != null) {
                spread(frame.evaluate(mapping), values, frame);
            }
            return new Arguments(inOrder, values);
        }

        private static void spread(Object more, Map<String, Object> values, Frame frame) {
            if (!(more instanceof Map<?, ?> map)) {
                throw new Fault("** expects a mapping, got " + Values.typeName(more));
            }
            frame.budget().steps(map.size());
            map.forEach((name, value) -> {
                if (!(name instanceof String text)) {
                    throw new Fault("** expects names, got " + Values.typeName(name));
                }
                if (values.put(text, value) != null) {
                    throw new Fault("the argument " + text + " is given twice");
                }
            });
        }
    }

    record Call(Expression of, Passed passed) implements Expression {
        @Override
        public Object in(Frame frame) {
            Object target = frame.evaluate(of);
            if (target instanceof Undefined undefined) {
                throw undefined.fault();
            }
            if (target instanceof Invocable function) {
                return function.call(passed.in(frame), frame);
            }
            throw new Fault("cannot call " + Values.typeName(target));
        }
    }

    record Filtered(Expression of, String filter, Passed passed) implements Expression {
        @Override
        public Object in(Frame frame) {
            Object value = frame.evaluate(of);
            frame.work(value);
            return Filters.named(filter).apply(value, passed.in(frame), frame);
        }
    }

    record Tested(Expression of, String test, Passed passed) implements Expression {
        @Override
        public Object in(Frame frame) {
            Object value = frame.evaluate(of);
            frame.work(value);
            return Tests.named(test).holds(value, passed.in(frame), frame);
        }
    }
}
