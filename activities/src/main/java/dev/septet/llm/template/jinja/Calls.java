package dev.septet.llm.template.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Calls of functions, filters and tests. */
final class Calls {
    private Calls() {}

    record Passed(List<Expression> positional, Map<String, Expression> named) {
        static final Passed NOTHING = new Passed(List.of(), Map.of());

        Arguments in(Frame frame) {
            List<Object> inOrder = Literals.evaluated(positional, frame);
            Map<String, Object> values = new LinkedHashMap<>();
            named.forEach((name, value) -> values.put(name, frame.evaluate(value)));
            return new Arguments(inOrder, values);
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
            return Tests.named(test).holds(frame.evaluate(of), passed.in(frame), frame);
        }
    }
}
