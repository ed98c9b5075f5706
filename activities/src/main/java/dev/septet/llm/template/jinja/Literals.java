package dev.septet.llm.template.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values written out in the template. */
final class Literals {
    private Literals() {}

    record Constant(Object value) implements Expression {
        @Override
        public Object in(Frame frame) {
            return value;
        }
    }

    record ListOf(List<Expression> items) implements Expression {
        @Override
        public Object in(Frame frame) {
            return evaluated(items, frame);
        }
    }

    record TupleOf(List<Expression> items) implements Expression {
        @Override
        public Object in(Frame frame) {
            return new Tuple(evaluated(items, frame));
        }
    }

    record Entry(Expression key, Expression value) {}

    record MapOf(List<Entry> entries) implements Expression {
        @Override
        public Object in(Frame frame) {
            Map<Object, Object> map = new LinkedHashMap<>();
            for (Entry entry : entries) {
                Object key = frame.evaluate(entry.key());
                if (!Values.isKey(key)) {
                    throw new Fault("a mapping cannot have " + Values.typeName(key) + " as a key");
                }
                map.put(key, frame.evaluate(entry.value()));
            }
            return map;
        }
    }

    static List<Object> evaluated(List<Expression> items, Frame frame) {
        List<Object> values = new ArrayList<>(items.size());
        for (Expression item : items) {
            values.add(frame.evaluate(item));
        }
        return values;
    }
}
